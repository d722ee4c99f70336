"""Files of predictions."""

from __future__ import annotations

from pathlib import Path

COLUMNS = {
    "MemNet": "memnet",
    "GCAE": "gcae",
    "ATAE_LSTM": "atae-lstm",
    "TD_LSTM": "td-lstm",
    "ASGCN": "asgcn",
    "bert_sent": "bert-sent",
    "mams_capsnet": "capsbert",
    "bert_pair": "bert",
    "bert_pt": "bert-pt",
}


def predictions(tmp_path) -> Path:
    from arts.data.corpus_registry import load_corpus

    path = tmp_path / "mine.csv"
    lines = [f"{i.id},{i.polarity}" for i in load_corpus("sample").test]
    path.write_text("\n".join(["id,prediction", *lines]) + "\n")
    return path
