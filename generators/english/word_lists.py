"""The closed classes of English that the generators know by name."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


NOT = frozenset({"not", "n't", "n’t", "nt", "n`t", "n´t"})
NEVER = frozenset({"never"})
BARELY = frozenset({"barely", "hardly", "scarcely"})
NO = frozenset({"no"})
WITHOUT = frozenset({"without"})
NEGATORS = NOT | NEVER | BARELY | NO | WITHOUT
NEGATIVE_WORDS = NEGATORS | {"neither", "nor", "none", "nothing", "nobody", "nowhere", "cannot"}

BE = frozenset({"be"})
COPULAS = words("appear be become feel get look remain seem smell sound stay taste")
POSSESSING = words(
    "cause create encounter experience find get give have need notice offer produce provide see"
)
THINKING = words("believe consider expect feel find guess say suppose think")
CONTRACTED = words("'d 'll 'm 're 's 've n't n’t ’d ’ll ’m ’re ’s ’ve")
CONTRACTED_AUXILIARIES = {"'ve": "haven't", "’ve": "haven’t", "'ll": "won't", "’ll": "won’t"}
IRREGULAR_CONTRACTIONS = {
    "can": "can't",
    "will": "won't",
    "shall": "shan't",
    "am": "am not",
    "may": "may not",
    "might": "might not",
}
UNCONTRACTED = {"ca": "can", "wo": "will", "sha": "shall", "ai": "is"}

# Degree words. Hedges weaken what follows, and are left out before its opposite: "a bit slow" → "fast".
VERY = words(
    "absolutely amazingly awfully completely damn deeply entirely exceedingly exceptionally "
    "extraordinarily extremely fully greatly highly horribly hugely immensely incredibly insanely just "
    "literally pretty purely quite rather really remarkably ridiculously seriously simply so super "
    "surprisingly terribly thoroughly totally truly ultra unbelievably utterly very way wonderfully "
    "wildly"
)
NOT_UNDER_NEGATION = words(
    "absolutely amazingly completely damn deeply entirely exceedingly exceptionally extraordinarily "
    "extremely fully greatly highly hugely immensely incredibly insanely pretty purely quite rather "
    "remarkably ridiculously seriously simply super surprisingly terribly thoroughly totally truly ultra "
    "unbelievably utterly way wonderfully wildly definitely certainly strongly"
)
EMOTIVE = words(  # degree words that tell a feeling, which a reversed word does not go with
    "amazingly annoyingly awfully beautifully delightfully deliciously disappointingly dreadfully "
    "fantastically frustratingly gloriously horribly horrifically miserably nicely painfully perfectly "
    "pleasantly superbly terribly unbearably wonderfully"
)
COMMENTS = words("fortunately luckily sadly thankfully unfortunately unluckily")
HEDGES = words("almost bit fairly kinda little mildly nearly slightly somewhat sorta tad touch")
EXTREME = words(  # adjectives that "very" and "so" do not go with
    "abysmal amazing appalling atrocious awesome awful bad-tempered breathtaking brilliant deafening "
    "delicious delightful disastrous disgusting divine dreadful excellent exceptional exquisite "
    "extraordinary fabulous fantastic filthy first-rate flawless freezing ghastly gorgeous great heavenly "
    "hideous hopeless horrendous horrible horrid horrific huge ideal immaculate impeccable impossible "
    "incredible inedible infuriating intolerable lousy magnificent marvellous marvelous outrageous "
    "outstanding perfect phenomenal pristine ridiculous rotten scrumptious sensational spectacular "
    "splendid spotless stellar stunning sublime superb superlative terrible terrific thrilling tiny top- "
    "notch tremendous unacceptable unbearable unbeatable unbelievable unforgettable unparalleled unusable "
    "useless vile wonderful worthless wretched"
)
UNGRADABLE = words(
    "able acceptable adequate average broken dead decent defective empty enough faulty favorite favourite "
    "fine first free full inoperable last main "
    "missing new ok okay only own right same unavailable unfinished useable worth wrong"
)
OFTEN = words("always constantly continually continuously frequently occasionally often regularly sometimes")
FACTUAL = words(  # adjectives that state facts, not opinions
    "actual additional certain current different entire extra final first former full future initial last "
    "later latest main many new next old only other own particular past previous real recent regular same "
    "second several specific such third various whole young"
)
GENERAL = words(  # what can be said of anything
    "amazing awesome awful bad brilliant disappointing dreadful excellent fantastic fine good great horrible "
    "lousy nice outstanding perfect poor superb terrible terrific wonderful"
)
COMPARING = {"more": "less", "less": "more", "most": "least", "least": "most"}

AND = frozenset({"and", "&"})
BUT = frozenset({"but", "yet"})
ALTHOUGH = frozenset({"although", "though", "while", "whereas"})
HOWEVER = frozenset({"however", "nevertheless", "nonetheless"})

MASS_NOUNS = words(
    "access advice air battery bloatware care clutter communication complexity control damage effort "
    "equipment feedback flavor flavour flexibility food freedom fun furniture hardware hassle help "
    "information lag luck memory music noise parking patience power privacy quality ram respect room "
    "seasoning security service sense shortage software sound space spice storage stress stuff support "
    "taste time trouble use value variety warmth water wine work worth"
)
