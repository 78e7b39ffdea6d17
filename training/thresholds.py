"""What a version must reach to be promoted, and how far a population may move before a scheduler is told."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from features.yaml_file import Strict, read_yaml

_Share = Annotated[float, Field(ge=0, le=1)]
_Ratio = Annotated[float, Field(ge=1)]


class GateThresholds(Strict):
    """When a version may be promoted.

    Attributes:
        log_loss_tolerance: the log loss may exceed the champion's by this part of it, at the interval's upper end.
        auc_tolerance: the AUC may fall short of the champion's by so much, at the interval's lower end.
        calibration_ratio: the interval of defaults observed per default expected must touch 1 / ratio to ratio.
        score_psi: stability index of the score, out-of-time rows against those fitted on.
        reasons_share: share of the riskiest tenth that has a reason to tell.
        least_defaults: buyers that defaulted among the out-of-time rows, each once however many snapshots tell of it.
    """

    log_loss_tolerance: _Share = 0.05
    auc_tolerance: _Share = 0.03
    calibration_ratio: _Ratio = 1.25
    score_psi: Annotated[float, Field(gt=0)] = 0.25
    reasons_share: _Share = 1.0
    least_defaults: Annotated[int, Field(ge=1)] = 10


class DriftThresholds(Strict):
    """When a population has moved away from the one that the champion was trained for.

    Attributes:
        score_psi: stability index of the score.
        feature_psi: a feature above this has moved.
        moved_share: share of features that may have moved.
        missing_rise: how much the share of rows without a value may rise, of any feature.
        score_ratio: the mean PD may lie between 1 / ratio and ratio times that at training.
        calibration_ratio: as for gates, on outcomes that have become mature since training.
        least_defaults: fewer defaulting buyers among matured outcomes tell nothing of calibration.
    """

    score_psi: Annotated[float, Field(gt=0)] = 0.25
    feature_psi: Annotated[float, Field(gt=0)] = 0.25
    moved_share: _Share = 0.2
    missing_rise: _Share = 0.1
    score_ratio: _Ratio = 1.5
    calibration_ratio: _Ratio = 1.25
    least_defaults: Annotated[int, Field(ge=1)] = 10


class Thresholds(Strict):
    """Both, as one file holds them."""

    gates: GateThresholds = GateThresholds()
    drift: DriftThresholds = DriftThresholds()


def read_thresholds(file: Path | None) -> Thresholds:
    """Read thresholds, or take the defaults where no file is named.

    Raises:
        ConfigError: the file cannot be read, or the first key at fault with its value and remedy.
    """
    return Thresholds() if file is None else read_yaml(file, Thresholds, "thresholds")
