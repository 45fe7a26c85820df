"""What a parameter may be, declared once: the checks, the error text and the documentation.

A generator annotates its parameters with the types of this file, for example
``sf: SF = 2.0``. Type checkers read ``float``; the registry reads the `Parameter` inside, checks
what the user gives, and writes the Parameters section of the docstring.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from numpy.typing import ArrayLike

from .parameter_kinds import (
    Array,
    Choice,
    Choices,
    Flag,
    Integer,
    Number,
    Numbers,
    Parameter,
    ScreenParameter,
    SeedParameter,
    Window,
)
from .screen import Screen
from .waveforms import WAVEFORMS

__all__ = [
    "Array",
    "Choice",
    "Choices",
    "Flag",
    "Integer",
    "Number",
    "Numbers",
    "Parameter",
]

# The dictionary of parameters that many generators share. The name, the unit and the range of a
# parameter are the same wherever it occurs; only its default belongs to the generator.

ScreenLike = Annotated[Screen | Mapping[str, Any], ScreenParameter("Size, resolution, frame rate")]
Seed = Annotated[int | None, SeedParameter("Seed that fixes every byte")]
Duration = Annotated[
    float | None,
    Number("Duration, a whole number of frames; None for a still", "s", True, above=0),
]
MeanLuminance = Annotated[
    float,
    Number("Luminance L0 of the grey between dark and light, linear", "", above=0, at_most=1),
]
Contrast = Annotated[
    float, Number("Michelson contrast C of L = L0 (1 + C m)", at_least=0, at_most=1)
]
RMS = Annotated[float, Number("RMS contrast, standard deviation over mean", above=0, at_most=1)]
ClipSD = Annotated[
    float, Number("Values beyond this are clipped, and counted in truth", "sd", above=0)
]
SF = Annotated[float, Number("Spatial frequency, below ppd/2", "cyc/deg", above=0)]
Direction = Annotated[
    float, Number("Direction of motion, counter-clockwise, 0 right, 90 up", "degrees")
]
TF = Annotated[float | None, Number("Temporal frequency, |tf| < fps/2", "Hz", True)]
Speed = Annotated[float | None, Number("Speed along the direction", "deg/s", True)]
Phase = Annotated[float, Number("Phase at the centre in the first frame", "degrees")]
Aperture = Annotated[
    str | ArrayLike | None,
    Window("Where the pattern is seen", "", True, ("circle", "annulus", "gauss")),
]
ApertureSize = Annotated[
    float | None,
    Number(
        "Outer diameter of the aperture (six sd for 'gauss'); None: the screen's shorter side",
        "deg",
        True,
        above=0,
    ),
]
Edge = Annotated[
    float, Number("Width of the raised-cosine edge inside the aperture", "deg", at_least=0)
]
StepFrames = Annotated[int, Integer("Frames from one step to the next", "frames", at_least=1)]
StepCycles = Annotated[float, Number("Displacement of one step in cycles of the grating", "cycles")]
Waveform = Annotated[str, Choice("Luminance profile along the direction", options=WAVEFORMS)]
Antialias = Annotated[
    str,
    Choice(
        "How edges meet pixels: exact average over the pixel's area, or harmonics below ppd/2",
        options=("area", "harmonics"),
    ),
]
Duty = Annotated[float, Number("Bright part of the cycle of a square wave", above=0, below=1)]
Exposure = Annotated[
    float, Number("Part of the frame that the shutter is open", at_least=0, at_most=1)
]
AllowAlias = Annotated[bool, Flag("Whether |tf| may reach fps/2; truth then tells what is seen")]
