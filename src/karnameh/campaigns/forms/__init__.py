"""Forms of planning. What is typed is parsed by the kernel, so the same sentences appear everywhere."""
