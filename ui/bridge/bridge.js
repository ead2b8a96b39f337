/* What Streamlit leaves to the page: its language, its address, and the reader's choice of language. */

/* A change of state replaces the address; only going to another page adds to the history. */
const push = window.history.pushState
if (!push.replacesOnTheSamePage) {
  const pushPage = function (state, title, url) {
    const samePage = url === undefined || new URL(url, location.href).pathname === location.pathname
    return samePage ? window.history.replaceState(state, title, url) : push.call(window.history, state, title, url)
  }
  pushPage.replacesOnTheSamePage = true
  window.history.pushState = pushPage
}

/* Streamlit brings the address of every change of state, but not that of a page just opened: its own
   comes before the address bar shows the page, and would be written over the page before. So it is
   put in place here, once a page; later this component's own data may be older than the address. */
let opened = null

function putInPlace(page, query, tries) {
  if (opened !== page) return
  if (location.pathname.split("/").pop() !== page) {
    if (tries > 0) setTimeout(() => putInPlace(page, query, tries - 1), 20)
    return
  }
  if (location.search !== `?${query}`) history.replaceState(history.state, "", `${location.pathname}?${query}`)
}

/* Streamlit's menu is a list that holds headings, which is no list to a screen reader: plain links under headings. */
const watched = new WeakSet()
let shown = null
function mendMenu(tries = 0) {
  const menu = document.querySelector('[data-testid="stSidebar"]')
  if (!menu && tries > 0) setTimeout(() => mendMenu(tries - 1), 50)
  menu?.querySelectorAll("ul, li").forEach((one) => one.setAttribute("role", "none"))
  const here = menu?.querySelector('a[aria-current="page"]')
  if (here && here !== shown) here.scrollIntoView({ block: "nearest" }) // a long menu shows where one is
  shown = here
  if (!menu || watched.has(menu)) return
  watched.add(menu)
  new MutationObserver(() => mendMenu()).observe(menu, { childList: true, subtree: true })
}

export default function ({ data }) {
  mendMenu(data.present ? 0 : 100)
  document.documentElement.lang = data.language
  document.documentElement.toggleAttribute("data-present", data.present)
  document.cookie = `${data.cookie}=${data.chosen}; path=/; max-age=31536000; SameSite=Lax`
  if (opened !== data.page) {
    opened = data.page
    putInPlace(data.page, data.query, 100)
  }
}
