"""Real files that nobody here made: each is read with the rows that it has, or refused with a sentence."""

from __future__ import annotations

import pytest

from tests.corpus import CORPUS, results


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real files is not beside the project")
def test_every_real_file_is_read_as_it_should_be_or_refused() -> None:
    """The table that `python tests/corpus.py` prints has no line that differs."""
    found = list(results(CORPUS))
    assert found
    assert [result.line for result in found if not result.fine] == []
