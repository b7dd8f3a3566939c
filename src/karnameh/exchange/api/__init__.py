"""The JSON interface: what programs read and send, with the rights of the account they act for."""
