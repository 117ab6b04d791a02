import pickle

import pytest

from tfstyle.result import Ending, Interrupted, Outcome, Result, interrupted, tells_interruption


def test_outcome_reads_as_its_sentence():
    assert str(Outcome(Ending.STEP_LIMIT, "step limit reached")) == "step limit reached"


@pytest.mark.parametrize(
    ("where", "sentence"), [("", "interrupted"), ("at step 5", "interrupted at step 5")]
)
def test_interruption_says_where(where, sentence):
    assert interrupted(where) == Outcome(Ending.INTERRUPTED, sentence)


@pytest.mark.parametrize(
    ("sentence", "told"),
    [("interrupted", True), ("interrupted at level 1 of 2", True), ("step limit reached", False)],
)
def test_sentence_of_a_record_tells_an_interruption(sentence, told):
    assert tells_interruption(sentence) == told


def test_interruption_carries_the_result_and_its_sentence():
    result = Result(None, outcome=interrupted("at step 3"))
    error = Interrupted(result)
    assert (str(error), error.result) == ("interrupted at step 3", result)
    sent = pickle.loads(pickle.dumps(error))
    assert (str(sent), sent.result) == ("interrupted at step 3", result)
