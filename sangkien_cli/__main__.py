"""`python -m sangkien_cli` is the same program as the console script `sangkien`."""

from sangkien_cli.cli import main

if __name__ == "__main__":
    main()
