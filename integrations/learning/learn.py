"""Learning from lessons: TF-IDF of words, pieces and ideas, and one support vector classifier for each class.

Alone in importing scikit-learn, so that whoever only judges does not load it.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from agent.domain.mail import MailClass
from agent.ports.mail_judge import Telling
from integrations.learning.learned import Block, Learned

#: A token of a single mail says more of its writer than of its class; but single words are few and may come again.
SEEN = (1, 2, 2)


def learn(lessons: Sequence[tuple[MailClass, Telling]]) -> Learned:
    """The same lessons always make the same judge. They are of three classes at least."""
    kinds = [str(kind) for kind, _ in lessons]
    tokens = (
        [telling.words for _, telling in lessons],
        [telling.pieces for _, telling in lessons],
        [telling.ideas for _, telling in lessons],
    )
    counters = [TfidfVectorizer(analyzer=tuple, sublinear_tf=True, min_df=seen) for seen in SEEN]
    known = hstack([counter.fit_transform(own) for counter, own in zip(counters, tokens, strict=True)]).tocsr()
    model = LinearSVC(C=1.0, random_state=0).fit(known, kinds)
    words, pieces, ideas = (Block(counter.vocabulary_, counter.idf_.astype(np.float32)) for counter in counters)
    return Learned(
        classes=tuple(MailClass(kind) for kind in model.classes_),
        blocks=(words, pieces, ideas),
        slopes=model.coef_.astype(np.float32),
        offsets=model.intercept_.astype(np.float32),
    )
