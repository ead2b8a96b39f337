/* What the scrubber makes, and what it does to the page around it. */

/* A handle in the reader's hand, or one that a key has moved and that will be let go in a moment. */
function isMoving({ held, early, soon }) {
  return held || early !== null || soon !== null
}

function element(tag, attributes, text) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  if (text !== undefined) made.textContent = text
  return made
}

/* A handle's label: of σ_w the w stands lowered. */
function lowered(text) {
  const made = document.createDocumentFragment()
  made.append(...text.split(/_(\w)/).map((part, place) => place % 2 ? element("sub", {}, part) : part))
  return made
}

function button(text, label, onClick) {
  const made = element("button", { type: "button", "aria-label": label, title: label }, text)
  made.addEventListener("click", onClick)
  return made
}

/* A release changes the address without a message of Streamlit's own. */
function keepAddress(query) {
  if (location.search !== `?${query}`) history.replaceState(history.state, "", `${location.pathname}?${query}`)
}

/* The readout's lines are the house's own MathML; what readers wrote is only ever put in as text. */
function markup(source) {
  const parsed = new DOMParser().parseFromString(source, "text/html")
  return document.importNode(parsed.body.firstElementChild, true)
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    const field = element("textarea", {}, text)
    document.body.append(field)
    field.select()
    document.execCommand("copy")
    field.remove()
  }
}
