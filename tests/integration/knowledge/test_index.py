"""The company's documents, asked as people ask."""

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
import yaml

from agent.errors import KnowledgeUnavailable
from knowledge import DOCUMENTS, KnowledgeIndex
from knowledge.answers import NOTHING
from knowledge.sections import read_folder

QUESTIONS: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "questions.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeIndex]:
    index = KnowledgeIndex(tmp_path_factory.mktemp("index"))
    index.index(DOCUMENTS)
    yield index
    index.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[KnowledgeIndex, Path]]:
    """An index of two small documents that the test may change."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "parking.md").write_text(
        "# Parking\n\n## Bicycles\n\nBicycles stand behind hall two.\n\n## Cars\n\nCars need a green badge.\n"
    )
    (folder / "keys.md").write_text("# Keys\n\nLost keys are reported to the porter.\n")
    index = KnowledgeIndex(tmp_path / "index")
    index.index(folder)
    yield index, folder
    index.close()


def reciprocal_rank(knowledge: KnowledgeIndex, case: dict[str, str]) -> float:
    found = [(passage.document, passage.section) for passage in knowledge.search(case["question"], 5)]
    wanted = (case["document"], case["section"])
    return 1 / (found.index(wanted) + 1) if wanted in found else 0.0


def test_paraphrased_questions_find_their_section(knowledge: KnowledgeIndex) -> None:
    """Mean reciprocal rank; measured 0.88, and 1.0 would mean that the questions were written from the documents."""
    ranks = [reciprocal_rank(knowledge, case) for case in QUESTIONS["answered"]]
    assert sum(ranks) / len(ranks) >= 0.85
    assert sum(rank > 0 for rank in ranks) / len(ranks) >= 0.95


@pytest.mark.parametrize("question", QUESTIONS["unanswered"])
def test_what_no_document_says_is_not_answered(knowledge: KnowledgeIndex, question: str) -> None:
    assert knowledge.search(question) == []
    assert knowledge.ask(question) == NOTHING


@pytest.mark.parametrize("section", read_folder(DOCUMENTS), ids=lambda section: f"{section.document}-{section.heading}")
def test_a_section_is_found_by_its_own_heading(knowledge: KnowledgeIndex, section: Any) -> None:
    if section.heading != "Introduction":
        found = knowledge.search(f"{section.title}: {section.heading}", 5)
        assert (section.document, section.heading) in [(passage.document, passage.section) for passage in found]


def test_an_answer_quotes_the_document_and_names_the_section(knowledge: KnowledgeIndex) -> None:
    answer = knowledge.ask("how often may we move a promise date")
    assert "A promise date is moved at most twice." in answer
    assert answer.endswith("(Changing a promise date, section “How often”, promise-dates.md)")


@pytest.mark.parametrize(
    "question",
    ["", "???", "the and of", "x" * 50_000, "'; DROP TABLE sections; --", "\x00\ud800".encode("utf-8", "replace").decode()],
)
def test_an_empty_or_odd_question_finds_nothing(knowledge: KnowledgeIndex, question: str) -> None:
    assert knowledge.search(question) == []


def test_scores_fall_and_stay_within_one(knowledge: KnowledgeIndex) -> None:
    scores = [passage.score for passage in knowledge.search("who approves a promise date for a strategic customer", 5)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_a_missing_index_names_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeUnavailable, match="expediter knowledge index"):
        KnowledgeIndex(tmp_path / "nothing").search("anything")


def test_a_changed_section_is_no_longer_quoted(own: tuple[KnowledgeIndex, Path]) -> None:
    index, folder = own
    assert index.search("where do bicycles stand")
    (folder / "parking.md").write_text(
        "# Parking\n\n## Bicycles\n\nBicycles are forbidden.\n\n## Cars\n\nCars need a green badge.\n"
    )
    assert index.search("where do bicycles stand") == []
    assert [passage.section for passage in index.search("which badge do cars need")] == ["Cars"]


def test_a_deleted_document_is_no_longer_quoted(own: tuple[KnowledgeIndex, Path]) -> None:
    index, folder = own
    (folder / "keys.md").unlink()
    assert index.search("who is told about lost keys") == []


def test_deleted_documents_altogether_name_the_way_out(own: tuple[KnowledgeIndex, Path]) -> None:
    index, folder = own
    shutil.rmtree(folder)
    with pytest.raises(KnowledgeUnavailable, match="expediter knowledge index"):
        index.search("where do bicycles stand")


def test_a_long_running_reader_sees_a_rebuild_by_another(own: tuple[KnowledgeIndex, Path], tmp_path: Path) -> None:
    reader, folder = own
    assert reader.search("which badge do cars need")
    (folder / "parking.md").write_text("# Parking\n\n## Cars\n\nCars need a red badge.\n")
    other = KnowledgeIndex(tmp_path / "index")
    other.index(folder)
    other.close()
    assert [passage.text for passage in reader.search("which badge do cars need")] == ["Cars need a red badge."]


def test_old_builds_are_removed(own: tuple[KnowledgeIndex, Path], tmp_path: Path) -> None:
    index, folder = own
    for _ in range(4):
        index.index(folder)
    assert len(list((tmp_path / "index").glob("g-*"))) == 2


def test_a_failed_rebuild_leaves_the_old_index(own: tuple[KnowledgeIndex, Path], tmp_path: Path) -> None:
    index, _ = own
    with pytest.raises(KnowledgeUnavailable):
        index.index(tmp_path / "missing")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "a.md").write_bytes(b"# A\n\n\xff\xfe")
    with pytest.raises(KnowledgeUnavailable, match="UTF-8"):
        index.index(tmp_path / "broken")
    assert index.search("which badge do cars need")


@pytest.mark.parametrize("damage", ["manifest", "folder", "database"])
def test_a_damaged_index_names_the_way_out(own: tuple[KnowledgeIndex, Path], tmp_path: Path, damage: str) -> None:
    _, _ = own
    place = tmp_path / "index"
    if damage == "manifest":
        (place / "current.json").write_text("{")
    for folder in place.glob("g-*"):
        if damage == "folder":
            shutil.rmtree(folder)
        if damage == "database":
            (folder / "chroma.sqlite3").write_bytes(b"no database" * 100)
    fresh = KnowledgeIndex(place)
    with pytest.raises(KnowledgeUnavailable, match="expediter knowledge index"):
        fresh.search("which badge do cars need")


def test_the_same_documents_give_the_same_answers(tmp_path: Path) -> None:
    answers = []
    for name in ("one", "two"):
        index = KnowledgeIndex(tmp_path / name)
        index.index(DOCUMENTS)
        answers.append([index.search(case["question"], 5) for case in QUESTIONS["answered"][:10]])
        index.close()
    assert answers[0] == answers[1]


def test_nothing_is_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> NoReturn:
        raise AssertionError("the index must not connect anywhere")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    index = KnowledgeIndex(tmp_path)
    assert index.index(DOCUMENTS) > 60
    assert index.search("who approves a return")
    index.close()


def test_importing_the_index_does_not_import_chromadb() -> None:
    code = "import sys, json, knowledge; print(json.dumps('chromadb' in sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(result.stdout) is False
