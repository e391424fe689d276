"""The service under storm: processes killed at random while families book, pay and cancel; then the books are read.

``python -m tests.soak --help`` says what can be run; ``docs/soak.md`` says what it shows.
"""
