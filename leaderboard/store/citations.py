"""The papers behind the benchmark, its models and its interventions, as BibTeX."""

from __future__ import annotations

from dataclasses import dataclass

EMNLP = "Proceedings of the {} Conference on Empirical Methods in Natural Language Processing"
JOINT = (
    "Proceedings of the 2019 Conference on Empirical Methods in Natural Language Processing and the 9th "
    "International Joint Conference on Natural Language Processing"
)
NAACL = (
    "Proceedings of the 2019 Conference of the North American Chapter of the Association for Computational "
    "Linguistics: Human Language Technologies"
)
ACL = "Proceedings of the 56th Annual Meeting of the Association for Computational Linguistics"
COLING = "Proceedings of COLING 2016, the 26th International Conference on Computational Linguistics"
FINDINGS = "Findings of the Association for Computational Linguistics: EMNLP 2024"


@dataclass(frozen=True)
class Paper:
    """A paper in the proceedings of a conference.

    Args:
        key: of the BibTeX entry.
        authors: each as "Family, Given".
        title, venue, year, pages: as printed; braces in the title keep capitals.
        anthology: its id in the ACL Anthology.
    """

    key: str
    authors: tuple[str, ...]
    title: str
    venue: str
    year: int
    pages: str
    anthology: str

    @property
    def bibtex(self) -> str:
        """The BibTeX entry.

        Example:
            >>> print(ARTS.bibtex.splitlines()[0])
            @inproceedings{xing-etal-2020-tasty,
        """
        fields = {
            "title": self.title,
            "author": " and ".join(self.authors),
            "booktitle": self.venue,
            "year": str(self.year),
            "pages": self.pages,
            "publisher": "Association for Computational Linguistics",
            "url": f"https://aclanthology.org/{self.anthology}",
        }
        lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
        return f"@inproceedings{{{self.key},\n{lines}\n}}"


ARTS = Paper(
    "xing-etal-2020-tasty",
    ("Xing, Xiaoyu", "Jin, Zhijing", "Jin, Di", "Wang, Bingning", "Zhang, Qi", "Huang, Xuanjing"),
    "Tasty Burgers, Soggy Fries: Probing Aspect Robustness in Aspect-Based Sentiment Analysis",
    EMNLP.format(2020),
    2020,
    "3594--3605",
    "2020.emnlp-main.292",
)
BERT = Paper(
    "devlin-etal-2019-bert",
    ("Devlin, Jacob", "Chang, Ming-Wei", "Lee, Kenton", "Toutanova, Kristina"),
    "{BERT}: Pre-training of Deep Bidirectional Transformers for Language Understanding",
    NAACL,
    2019,
    "4171--4186",
    "N19-1423",
)
MODELS = {
    "memnet": Paper(
        "tang-etal-2016-aspect",
        ("Tang, Duyu", "Qin, Bing", "Liu, Ting"),
        "Aspect Level Sentiment Classification with Deep Memory Network",
        EMNLP.format(2016),
        2016,
        "214--224",
        "D16-1021",
    ),
    "gcae": Paper(
        "xue-li-2018-aspect",
        ("Xue, Wei", "Li, Tao"),
        "Aspect Based Sentiment Analysis with Gated Convolutional Networks",
        ACL,
        2018,
        "2514--2523",
        "P18-1234",
    ),
    "atae-lstm": Paper(
        "wang-etal-2016-attention",
        ("Wang, Yequan", "Huang, Minlie", "Zhu, Xiaoyan", "Zhao, Li"),
        "Attention-based {LSTM} for Aspect-level Sentiment Classification",
        EMNLP.format(2016),
        2016,
        "606--615",
        "D16-1058",
    ),
    "td-lstm": Paper(
        "tang-etal-2016-effective",
        ("Tang, Duyu", "Qin, Bing", "Feng, Xiaocheng", "Liu, Ting"),
        "Effective {LSTM}s for Target-Dependent Sentiment Classification",
        COLING,
        2016,
        "3298--3307",
        "C16-1311",
    ),
    "asgcn": Paper(
        "zhang-etal-2019-aspect",
        ("Zhang, Chen", "Li, Qiuchi", "Song, Dawei"),
        "Aspect-based Sentiment Classification with Aspect-specific Graph Convolutional Networks",
        JOINT,
        2019,
        "4568--4578",
        "D19-1464",
    ),
    "bert": BERT,
    "bert-sent": BERT,
    "bert-pt": Paper(
        "xu-etal-2019-bert",
        ("Xu, Hu", "Liu, Bing", "Shu, Lei", "Yu, Philip"),
        "{BERT} Post-Training for Review Reading Comprehension and Aspect-based Sentiment Analysis",
        NAACL,
        2019,
        "2324--2335",
        "N19-1242",
    ),
    "capsbert": Paper(
        "jiang-etal-2019-challenge",
        ("Jiang, Qingnan", "Chen, Lei", "Xu, Ruifeng", "Ao, Xiang", "Yang, Min"),
        "A Challenge Dataset and Effective Models for Aspect-Based Sentiment Analysis",
        JOINT,
        2019,
        "6280--6285",
        "D19-1654",
    ),
}
INTERVENTIONS = {
    "adversarial": ARTS,
    "merge": Paper(
        "zhou-etal-2024-metagpt",
        ("Zhou, Yuyan", "Song, Liang", "Wang, Bingning", "Chen, Weipeng"),
        "{MetaGPT}: Merging Large Language Models Using Model Exclusive Task Arithmetic",
        EMNLP.format(2024),
        2024,
        "1711--1724",
        "2024.emnlp-main.102",
    ),
    "unlearn": Paper(
        "chen-etal-2024-unveiling",
        ("Chen, Jie", "Zhang, Yupeng", "Wang, Bingning", "Zhao, Xin", "Wen, Ji-Rong", "Chen, Weipeng"),
        "Unveiling the Flaws: Exploring Imperfections in Synthetic Data and Mitigation Strategies for Large "
        "Language Models",
        FINDINGS,
        2024,
        "14855--14865",
        "2024.findings-emnlp.873",
    ),
}


def papers(model: str, intervention: str = "") -> list[Paper]:
    """What to cite for an entry: the benchmark, the model and the intervention, each paper once.

    Example:
        >>> [paper.key for paper in papers("td-lstm", "adversarial")]
        ['xing-etal-2020-tasty', 'tang-etal-2016-effective']
    """
    found = (ARTS, MODELS.get(model), INTERVENTIONS.get(intervention))
    return list(dict.fromkeys(paper for paper in found if paper))
