"""The common mistakes and the papers that the lessons must name, each in both languages.

A mistake is found under "Watch out" by a word of its quotation, and must be answered with the name,
the number or the formula that settles it. What else is said, and how, is free.
"""

import re
from dataclasses import dataclass

import pytest

import lessons
from lessons import LANGUAGES, Text


@dataclass(frozen=True)
class Mistake:
    """Where it stands, a word of its quotation in each language, and patterns of what answers it in both."""

    topic: str
    en: str
    zh: str
    answer: tuple[str, ...] = ()


MISTAKES = (
    Mistake("relu", "More layers alone", "多加几层", ("−6", "ReLU")),
    Mistake("relu", "ReLU is linear", "ReLU 是线性的", ("piecewise|分段", r"f\(2\) \+ f\(-2\)")),
    Mistake("sigmoid", "curved decision boundary", "决策边界是弯的", (r"w \\cdot x \+ b = 0", "straight|直线")),
    Mistake("sigmoid", "fires", "放电", (r"0\.6225", r"0\.8808")),
    Mistake("tanh", "saturates less", "不容易饱和", (r"1\.663", r"0\.0099", r"0\.0452")),
    Mistake("sigmoid", "reaches 1", "能达到 1", (r"0\.25", "x = 0")),
    Mistake("relu", "vanishing gradients", "梯度就不会消失", ("He et al. 2015", "2/n")),
    Mistake("dead_relu", "outputs 0 is dead", "输出 0 的单元", ("silent|沉默", "every input|每个输入")),
    Mistake("relu", "dead for ever", "永远活不过来", ("earlier layers|前面的层", "single hidden layer|一个隐藏层")),
    Mistake("relu", "Negative data", "负的数据", (r"w \\cdot x \+ b", "−3")),
    Mistake("relu", "kink at 0", "0 处的折点", ("Bertoin et al. 2021", "16")),
    Mistake("leaky_relu", "always better", "总比 ReLU 好", ("Xu et al. 2015", "VGG", "ResNet")),
    Mistake("elu", "smooth everywhere", "处处光滑", (r"\\alpha = 1", "CELU")),
    Mistake("elu", "never saturates", "从不饱和", (r"-\\alpha",)),
    Mistake(
        "compare",
        "monotone",
        "单调",
        (
            *(r"0\.170", r"0\.752", r"1\.129", r"\\sqrt\{2\}", r"0\.278", r"1\.278", r"1\.100", r"0\.309"),
            *(r"1\.192", r"1\.088", "GELU", "SiLU", "Mish"),
        ),
    ),
    Mistake("softmax", "one variable", "一元函数", ("sigmoid|Sigmoid",)),
    Mistake(
        "softmax", "high temperature", "温度越高", (r"T \\to 0", r"T \\to \\infty", "one-hot|独热", "uniform|均匀")
    ),
    Mistake("softmax", "most likely class", "最可能的类别", ("order|次序",)),
    Mistake("softmax", "larger inputs", "输入越大", ("constant|常数", "sharpens|变尖")),
    Mistake("softmax", "calibrated", "校准", (r"Guo et al. ?[(（]2017", "over-confident|过度自信")),
    Mistake("softmax", "before the cross-entropy loss", "交叉熵损失前面", ("logits", "twice|两遍")),
    Mistake("softmax", "multi-label", "多标签", ("sigmoid|Sigmoid", r"0\.953")),
    Mistake("softmax", "SwiGLU", "SwiGLU", ("value and a gate|一路是值，一路是门", "Shazeer 2020")),
    Mistake("tanh", "zero-centred function is needed", "零中心的函数", ("gradients|梯度", "next layer|下一层")),
)
# The papers that the lesson on each of the five functions must name among its references: author, year.
PAPERS = {
    "relu": (
        *(("Simonyan", 2014), ("He", 2015), ("Sandler", 2018), ("Nair", 2010), ("Glorot", 2011)),
        *(("Bertoin", 2021),),
    ),
    "sigmoid": (("Hochreiter", 1997), ("Gers", 2000), ("Cho", 2014)),
    "tanh": (("LeCun", 1998),),
    "softmax": (
        *(("He", 2015), ("Szegedy", 2015), ("Devlin", 2018), ("Vaswani", 2017), ("Hinton", 2015), ("Guo", 2017)),
    ),
    "leaky_relu": (("Maas", 2013), ("Radford", 2015), ("Redmon", 2016), ("He", 2015), ("Xu", 2015)),
}
every_language = pytest.mark.parametrize("language", LANGUAGES)


def texts(topic: str, kind: str, language: str) -> str:
    """The prose of one section of a lesson."""
    section = next(section for section in lessons.read(topic, language).sections if section.kind == kind)
    return "\n".join(block.markdown for block in section.blocks if isinstance(block, Text))


def items(topic: str, language: str) -> dict[str, str]:
    """The quoted mistakes under "Watch out", each with its answer."""
    return dict(re.findall(r"^- \*\*[“\"](.+?)[”\"]\*\* *(.+)$", texts(topic, "watch_out", language), re.MULTILINE))


@every_language
@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: f"{mistake.topic}: {mistake.en}")
def test_a_common_mistake_is_answered(mistake: Mistake, language: str) -> None:
    word = getattr(mistake, language)
    answers = [answer for quoted, answer in items(mistake.topic, language).items() if word in quoted]
    assert len(answers) == 1
    for pattern in mistake.answer:
        assert re.search(pattern, answers[0]), pattern


@every_language
@pytest.mark.parametrize("topic", PAPERS)
def test_a_lesson_names_the_papers_that_its_claims_rest_on(topic: str, language: str) -> None:
    lines = texts(topic, "references", language).splitlines()
    for author, year in PAPERS[topic]:
        assert [line for line in lines if re.search(rf"\b{author}\b.*\b{year}[ab]?\b.*\]\(https?://", line)], (
            author,
            year,
        )
