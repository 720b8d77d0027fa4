"""What counts as noise in a text."""

from pipeline.text import control_share


def test_controls_and_replacements_are_noise_and_the_rests_of_utf_8_read_twice_are_not() -> None:
    assert control_share("\x00\x07ab\ufffdcdefg") == 0.3
    assert control_share("the Earth\u00e2\u0080\u0099s natural systems") == 0.0
    assert control_share("") == 0.0
