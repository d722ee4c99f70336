// What the browser's history holds, and the button that copies the address of what is shown.
//
// An entry of the history is made by each thing that a visitor does: following a link, or choosing something.
// Streamlit makes none for most choices, and several for a page that writes into its address while it opens.
// A link is followed as Back and Forward are: the address alone says what the page shows.
// The run before may then still be under way and write what it shows into the new address. So nothing is written
// until a run that began at this address has ended, and says what the address has become.

const left = new Map(); // what each page showed last, by its path
let shown = null; // what the page shows, as the app has told it
let hasActed = false; // whether the visitor has done something since the address last changed
let isAwaited = false; // whether no run has ended yet that began at this address
const { pushState, replaceState } = history;

function install() {
  history.pushState = history.replaceState = (state, title, url) => {
    if (isAwaited && !hasActed) return;
    const target = new URL(url ?? location.href, location.href);
    const isNew = target.pathname !== location.pathname || (hasActed && target.search !== location.search);
    isAwaited = hasActed = false;
    (isNew ? pushState : replaceState).call(history, state, title, url);
    remember();
  };
  // Buttons of a mouse and keys with Alt can be Back and Forward themselves
  addEventListener("pointerdown", ({ button }) => (hasActed ||= button < 3), true);
  addEventListener("keydown", ({ altKey, metaKey }) => (hasActed ||= !altKey && !metaKey), true);
  addEventListener("popstate", () => ([isAwaited, hasActed] = [true, false]), true);
  addEventListener("click", follow, true);
}

// Takes over the address of a run that has ended, if it is the one that is awaited.
function arrive({ page, began, query }) {
  if (!isAwaited || location.pathname !== pathOf(page) || location.search.slice(1) !== began) return;
  isAwaited = false;
  replaceState.call(history, {}, "", location.pathname + (query && "?" + query));
}

function remember() {
  if (shown && location.pathname === pathOf(shown.page)) {
    left.set(location.pathname, { search: location.search, corpus: shown.corpus, of_corpus: shown.of_corpus });
  }
}

function pathOf(page) {
  return shown.base + page;
}

function follow(event) {
  const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement && node.href);
  const isPlain = !(event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (!link || !isPlain || event.defaultPrevented || !["", "_self"].includes(link.target)) return;
  const url = new URL(link.href);
  const page = shown.pages.find((page) => url.pathname === pathOf(page.path));
  if (url.origin !== location.origin || !page || url.hash) return;
  event.preventDefault();
  event.stopPropagation();
  const path = url.search || url.pathname === location.pathname ? url.pathname + url.search : withLast(url, page);
  hasActed = true;
  history.pushState({}, "", path);
  dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  link.closest("[data-testid=stSidebar]")?.querySelector("[data-testid=stSidebarCollapseButton] button")?.click();
}

// The address at which a page was left, on the corpus that is shown now
function withLast(url, page) {
  const last = left.get(url.pathname);
  const search = new URLSearchParams(last?.search);
  if (shown.corpus && page.has_corpus && last?.corpus !== shown.corpus) {
    for (const name of last?.of_corpus ?? []) search.delete(name);
    search.set("corpus", shown.corpus);
  }
  const text = search.toString();
  return url.pathname + (text && "?" + text);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Browsers have no clipboard for pages without encryption
    const box = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
}

export default function ({ data, parentElement }) {
  const base = location.pathname.slice(0, location.pathname.lastIndexOf("/") + 1);
  shown = { base, ...data, corpus: data.corpus ?? shown?.corpus };
  if (!window.artsHistory) {
    window.artsHistory = true;
    install();
  }
  arrive(data);
  remember();
  const button = parentElement.querySelector("button");
  button.onclick = async () => {
    await copy(location.origin + location.pathname + (data.link && "?" + data.link));
    button.textContent = "Link copied";
    setTimeout(() => (button.textContent = "Copy link"), 2000);
  };
}
