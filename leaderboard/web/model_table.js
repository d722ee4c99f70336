// Draws the table of models that the page has sent, and says what is ticked, opened or sorted by.
export default function (component) {
  const { data, parentElement, setStateValue, setTriggerValue } = component
  let root = parentElement.querySelector(".models")
  if (!root) {
    root = document.createElement("div")
    parentElement.append(root)
  }
  const [red] = getComputedStyle(document.querySelector(".stApp")).backgroundColor.match(/\d+/)
  root.className = red < 128 ? "models dark" : "models"
  if (root.shown !== data.html) root.innerHTML = root.shown = data.html
  const boxes = [...root.querySelectorAll("input[data-key]")]
  for (const box of boxes) box.checked = data.ticked.includes(box.dataset.key)
  root.onchange = () => {
    const keys = (list) => list.map((box) => box.dataset.key)
    setStateValue("ticks", { shown: keys(boxes), ticked: keys(boxes.filter((box) => box.checked)) })
  }
  root.onclick = (event) => {
    const target = event.target.closest("[data-sort], [data-open], [data-entry]")
    if (!target) return
    if (target.dataset.sort) setTriggerValue("sort", target.dataset.sort)
    if (target.dataset.open) {
      const open = target.getAttribute("aria-expanded") !== "true"
      target.setAttribute("aria-expanded", open)
      target.textContent = target.textContent.replace(/[▸▾]/, open ? "▾" : "▸")
      for (const row of root.querySelectorAll("tr.seed"))
        if (row.dataset.of === target.dataset.open) row.hidden = !open
    }
    if (target.dataset.entry && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault()
      setTriggerValue("entry", target.dataset.entry)
    }
  }
}
