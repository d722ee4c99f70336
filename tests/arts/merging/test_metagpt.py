"""MetaGPT's coefficients."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arts.merging.metagpt import metagpt_coefficients


@settings(deadline=None)
@given(st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=8))
def test_metagpt_coefficients_sum_to_1(norms):
    assert metagpt_coefficients(np.diag(norms)).sum() == pytest.approx(1)
