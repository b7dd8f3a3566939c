"""Plain values that every context speaks: dates, digits, text, numbers, money, periods, ids.

Nothing here knows Django. Bad input raises `Malformed`, whose code the site turns into a sentence.
"""
