"""`python -m bookpost` and the `bookpost` command."""

from bookpost.service.cli import main

if __name__ == "__main__":
    main()
