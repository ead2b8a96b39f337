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

export default function ({ data }) {
  document.documentElement.lang = data.language
  document.documentElement.toggleAttribute("data-present", data.present)
  document.cookie = `${data.cookie}=${data.chosen}; path=/; max-age=31536000; SameSite=Lax`
  const address = `${location.pathname}?${data.query}`
  if (address !== location.pathname + location.search) history.replaceState(history.state, "", address)
}
