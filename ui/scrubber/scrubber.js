/* The scrubber: handles that play films on the charts beside them.

   It holds no mathematics. A film (figures/film.py) gives for every position of a handle the numbers
   and pictures that change in the charts and the words that change in the readout; this shows them, on
   every input event, and tells the server when a handle is let go, and what of a chart is clicked.

   One module: films.js, chart.js and elements.js are put before it, since a component is given one text. */

/* What may come before a run of the script that the scrubber does not ask for itself. */
const TOUCHES = ["pointerdown", "keydown", "click"]
const NEARS = ["pointerover", "focusin"]

/* Whether a click on a link leaves the state of this page, in this tab. */
function leaves(link, { button, ctrlKey, metaKey, shiftKey, altKey }) {
  if (button || ctrlKey || metaKey || shiftKey || altKey || link.hasAttribute("download")) return false
  return ["", "_self"].includes(link.target) && link.origin === location.origin && !link.getAttribute("href")?.startsWith("#")
}

class Scrubber {
  constructor(root) {
    this.root = root
    this.handles = new Map() // name → its elements and film
    this.charts = []
    this.asked = new Set() // handles whose films are needed, lazy or not
    this.heard = 0 // of which the server has answered so many
    this.sent = 0 // messages to the server; an answer to an earlier one moves nothing
    this.unanswered = {} // what was sent and may be lost: of two messages in a moment Streamlit sends the second only
    this.untold = {} // releases that the server will hear of before anything else is touched
    this.failed = 0 // films in a row that could not be had
    this.onTouch = (event) => {
      const path = event.composedPath()
      if (!event.isTrusted || path.includes(this.root)) return // Plotly saves a figure by clicking a link of its own
      const link = path.find((one) => one.tagName === "A")
      if (!link) this.tellAll()
      else if (event.type === "click" && leaves(link, event)) this.drop()
    }
    /* What is downloaded is made of the state that the server knows. */
    this.onNear = ({ target }) => { if (target.closest?.('[data-testid="stDownloadButton"]')) this.tellAll() }
    for (const kind of TOUCHES) addEventListener(kind, this.onTouch, true)
    for (const kind of NEARS) addEventListener(kind, this.onNear, true)
  }

  update({ data: bytes, setTriggerValue }) {
    const data = JSON.parse(new TextDecoder().decode(bytes))
    this.tell = setTriggerValue
    if (!this.data || data.answers < this.heard) this.sent = data.answers // a new page, or a server that has restarted
    this.heard = data.answers
    if (data.answers < this.sent) return // the answer to the last message is on the way
    this.data = data
    this.unanswered = {}
    this.isAsking = false
    const shape = JSON.stringify(
      [data.handles.map(({ name, beside, small }) => [name, beside, small]), data.heads, data.readout, data.tools, data.say])
    let missed = {} // by a run that made other handles of it
    if (shape !== this.shape) {
      this.shape = shape
      missed = this.untold
      this.untold = {}
      this.build()
    }
    this.followCharts()
    if (this.hasSpoken) keepAddress(data.query)
    this.apply()
    if (Object.keys(missed).length) this.send(missed)
  }

  /* Shows the state that the server knows, and over it what it has not heard of yet. */
  apply() {
    const { data } = this
    this.unsaid = null
    for (const handle of data.handles) this.refresh(handle)
    if (data.films) this.follow()
    this.write(data.words)
    for (const name of Object.keys(this.untold)) if (this.handles.has(name)) this.keep(this.handles.get(name))
    this.load(data.handles.map(({ name }) => name).filter((name) => this.isWanted(name)))
  }

  /* A link leads to another state. If the server holds that already, nothing changes there and no answer comes: so
     back to it here. A run that told of the last moves would meet the page or the state that the link leads to. */
  drop() {
    this.flush()
    const held = Object.keys(this.untold).length
    this.untold = {}
    if (held) this.apply()
  }

  close() {
    this.stop()
    for (const kind of TOUCHES) removeEventListener(kind, this.onTouch, true)
    for (const kind of NEARS) removeEventListener(kind, this.onNear, true)
    for (const chart of this.charts) chart.close()
  }

  // --- the elements -------------------------------------------------------------------------

  build() {
    const panel = this.root.querySelector(".panel")
    panel.replaceChildren()
    this.handles.clear()
    this.readout = element("div", { class: "readout", role: "group", tabindex: 0, "aria-label": this.data.say.readout })
    for (const line of this.data.readout) this.readout.append(markup(line))
    const rows = element("div", { class: "handles" })
    let heads = this.data.heads
    let shared = null // by small handles that follow one another
    for (const handle of this.data.handles) {
      if (handle.beside.length && heads.length) {
        rows.style.setProperty("--beside", `repeat(${handle.beside.length}, auto)`)
        rows.append(element("div", { class: "heads" }))
        rows.lastChild.append(...heads.map((head) => element("span", {}, head)))
        heads = []
      }
      if (!handle.small) shared = null
      else if (!shared) rows.append((shared = element("div", { class: "shared" })))
      ;(shared ?? rows).append(this.buildHandle(handle))
    }
    panel.append(rows, this.readout)
    this.buildTools(panel)
    this.slots = [...panel.querySelectorAll("[data-slot]")]
  }

  buildHandle(handle) {
    const say = this.data.say
    const id = `handle-${handle.name}`
    const name = lowered(handle.label).textContent
    const slider = element("input", { type: "range", id, min: 0, step: 1, class: "slider", "data-handle": handle.name })
    const exact = element("input", {
      type: "text", inputmode: "decimal", class: "exact", "aria-label": `${name}: ${say.exact}`,
      "data-exact": handle.name, autocomplete: "off",
    })
    const fault = element("span", { class: "fault", role: "alert" })
    const less = button("−", `${name}: ${say.less}`, () => this.step(handle.name, -1))
    const more = button("+", `${name}: ${say.more}`, () => this.step(handle.name, 1))
    const play = button("▶", `${name}: ${say.play}`, () => this.togglePlay(handle.name))
    play.classList.add("play")
    more.classList.add("more")
    const label = element("label", { for: id, class: handle.label.length > 3 ? "name long" : "name" })
    const marks = element("div", { class: "marks", "aria-hidden": "true" })
    const track = element("div", { class: "track" })
    track.append(slider, marks)
    const row = element("div", { class: "handle" })
    row.append(label, play, less, track, more, exact, fault)
    if (handle.beside.length) {
      const beside = element("span", { class: "beside" })
      beside.append(...handle.beside.map((slot) => element("span", { "data-slot": slot })))
      exact.after(beside)
    } else if (this.data.heads.length) row.classList.add("apart")
    const parts = { slider, exact, fault, play, marks, label, film: null, held: false, early: null, soon: null }
    this.handles.set(handle.name, parts)

    for (const kind of ["pointerenter", "focusin"]) {
      row.addEventListener(kind, () => { if (this.data.films) this.prepare(handle.name) })
    }
    slider.addEventListener("pointerdown", () => {
      this.take(handle.name)
      parts.held = true
      this.prepare(handle.name)
    })
    slider.addEventListener("input", () => this.show(handle.name, Number(slider.value)))
    slider.addEventListener("change", () => { parts.held = false; this.releaseSoon(handle.name) })
    slider.addEventListener("pointercancel", () => { parts.held = false })
    slider.addEventListener("keydown", () => { this.take(handle.name); this.keys = true })
    slider.addEventListener("pointermove", () => { this.keys = false })
    exact.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return
      exact.blur() // which makes the browser report a change
      exact.focus()
    })
    exact.addEventListener("change", () => this.type(handle.name))
    return row
  }

  buildTools(panel) {
    const { say, tools } = this.data
    if (!tools.length) return
    const row = element("div", { class: "tools" })
    const made = {
      reset: () => button(say.reset, say.reset, () => this.reset()),
      link: () => {
        const copy = button(say.link, say.link, async () => {
          await copyText(location.href)
          copy.textContent = say.copied
          setTimeout(() => { copy.textContent = say.link }, 1500)
        })
        return copy
      },
      svg: () => button(say.svg, say.svg, () => {
        const there = this.charts.filter((chart) => chart.element?.isConnected)
        there.forEach(({ element }, place) => {
          const filename = there.length > 1 ? `${this.data.filename}-${place + 1}` : this.data.filename
          window.Plotly.downloadImage(element, { format: "svg", filename })
        })
      }),
    }
    for (const tool of tools) row.append(made[tool]())
    panel.append(row)
  }

  refresh(handle) {
    const parts = this.handles.get(handle.name)
    if (parts.count !== undefined && parts.count !== handle.count) delete this.untold[handle.name] // it stops elsewhere now
    const isUntold = handle.name in this.untold
    if (parts.present !== undefined && parts.present !== handle.present) {
      this.asked.add(handle.name)
      parts.isUnpainted = true
    }
    const { count, around, lazy, film, alone, regimes, regime, of, usual } = handle
    Object.assign(parts, { count, around, lazy, address: film, alone, regimes, regime, of, usual })
    if (!isUntold) Object.assign(parts, { present: handle.present, value: handle.value })
    parts.label.replaceChildren(lowered(handle.label))
    parts.slider.max = handle.count - 1
    parts.marks.replaceChildren(...handle.marks.map(({ at, text, align }) => {
      const mark = element("span", { class: `mark ${align ?? ""}` }, text)
      mark.style.left = `${100 * at}%`
      return mark
    }))
    if (isUntold || isMoving(parts) || this.playing === handle.name) return
    this.place(parts, handle.at)
    parts.slider.setAttribute("aria-valuetext", handle.said)
    if (this.root.activeElement !== parts.exact || parts.exact.value === parts.typed) parts.exact.value = handle.text
    parts.typed = null // answered: the same text may be typed again
    parts.fault.textContent = handle.fault ?? ""
  }

  // --- films ----------------------------------------------------------------------------------

  /* A lazy film is fetched when its handle is first moved or played: until then the base figure shows the state.
     From then on the films of later states are fetched at once, for what is painted must be painted over. */
  isWanted(name) {
    const { lazy, address } = this.handles.get(name)
    return !lazy || films.has(address) || this.asked.has(name)
  }

  /* The films around the values that the handles stand at now, for a server that makes them by address. A handle's
     own film is the one that the server last spoke of. */
  follow() {
    for (const [name, parts] of this.handles) {
      const values = [...this.handles].map(([other, { value }]) => [other, other === name ? parts.around : value])
      parts.address = `${this.data.films}/${name}?${new URLSearchParams(values)}`
    }
  }

  async load(names) {
    const wanted = names.map((name) => [this.handles.get(name), this.handles.get(name).address])
    const loaded = await Promise.all(wanted.map(([, address]) => fetchFilm(address).catch(() => null)))
    let isLost = false
    wanted.forEach(([parts, address], index) => {
      if (parts.address !== address) return // a newer state has a film of its own
      if (loaded[index]) Object.assign(parts, { film: loaded[index], shown: address })
      else isLost = true
    })
    if (isLost) return this.askAgain()
    this.failed = 0
    for (const name of names) this.asked.add(name)
    this.settle()
    for (const [name, parts] of this.handles) this.catchUp(name, parts)
  }

  /* The server may have started anew, or offered so much since that this was dropped: a run offers it again. If that
     does not help, films by address do not reach this reader. Without them the answer of a newer state is on the way. */
  askAgain() {
    if (!this.data.films || this.isAsking || !this.root.isConnected) return
    this.isAsking = true
    this.failed += 1
    this.send({}, { lost: this.failed > 1 })
  }

  ask(name) {
    this.asked.add(name)
    return this.load([name])
  }

  /* A handle is about to be moved: others that keys have just moved are let go first. */
  prepare(name) {
    this.flush(name)
    const { film, address, shown } = this.handles.get(name)
    if (address !== undefined && (!film || shown !== address)) this.ask(name)
  }

  /* Shows the state, untold moves included, unless a handle is in the reader's hand. */
  settle() {
    this.isUnsettled = Boolean(this.playing) || [...this.handles.values()].some(({ held, soon }) => held || soon !== null)
    if (this.isUnsettled) return
    document.documentElement.removeAttribute("data-ahead")
    const shown = [...this.handles.values()].filter((parts) => parts.film)
      .map((parts) => ({ film: parts.film, frame: parts.present }))
    this.paint(shown, true)
    for (const parts of this.handles.values()) if (parts.shown === parts.address) parts.isUnpainted = false
    const last = Object.keys(this.untold).at(-1)
    const parts = this.handles.get(last)
    if (parts?.film) this.say({ name: last, frame: parts.present })
  }

  catchUp(name, parts) {
    const { early, film } = parts
    if (early === null || !film) return
    parts.early = null
    this.place(parts, early)
    this.show(name, early)
    if (!parts.held) this.release(name)
  }

  place(parts, frame) {
    parts.slider.value = frame
    this.fill(parts)
  }

  fill({ slider }) {
    slider.style.setProperty("--filled", `${(100 * slider.value) / slider.max}%`)
  }

  show(name, frame) {
    const parts = this.handles.get(name)
    this.fill(parts)
    if (!parts.film) { // moved before its film has come: shown as soon as it is there
      parts.early = frame
      this.ask(name)
      return
    }
    this.paint([{ film: parts.film, frame }])
    document.documentElement.toggleAttribute("data-ahead", frame !== parts.present) // of what only the server can show
    const { words } = parts.film
    parts.slider.setAttribute("aria-valuetext", (words[`${name}_said`] ?? words[name])[frame])
    parts.exact.value = words[name][frame].replace("−", "-")
    parts.fault.textContent = ""
    this.sayAfterPaint(name, frame)
  }

  /* The curve goes first: setting formulas takes 2 to 3 ms, so the readout follows once it is on the screen. */
  sayAfterPaint(name, frame) {
    const waiting = this.unsaid
    this.unsaid = { name, frame }
    if (waiting) return
    requestAnimationFrame(() => {
      const painted = new MessageChannel()
      painted.port1.onmessage = () => this.say()
      painted.port2.postMessage(null)
    })
  }

  say(what = this.unsaid) {
    if (!what) return
    const { name, frame } = what
    this.unsaid = null
    const { words } = this.handles.get(name).film
    this.write(Object.fromEntries(Object.entries(words).map(([slot, texts]) => [slot, texts[frame]])))
  }

  paint(shown, afresh = false) {
    for (const [place, frame] of frameOf(shown)) this.charts[place]?.paint(frame, afresh)
  }

  write(words) {
    for (const slot of this.slots) {
      const { slot: name, sets } = slot.dataset
      const text = words[name]
      if (text === undefined) continue
      if (sets) slot.setAttribute(sets, text) // of a drawing
      else if (slot.textContent !== text) slot.textContent = text
    }
  }

  // --- the charts beside ------------------------------------------------------------------------

  followCharts() {
    const { charts, picks } = this.data
    if (this.charts.map((chart) => chart.key).join() === charts.join()) {
      for (const chart of this.charts) if (!chart.element?.isConnected) chart.watch()
      return
    }
    for (const chart of this.charts) chart.close()
    this.charts = charts.map((key, place) => new Chart(key, picks && ((event) => this.pick(place, event))))
  }

  /* What was clicked: a point of a trace, or only a place where the layout says "clickanywhere". */
  pick(chart, { points: [point], xvals, yvals }) {
    const [x, y] = [point?.x ?? xvals?.[0], point?.y ?? yvals?.[0]]
    this.tell("picked", { chart, trace: point?.curveNumber, point: point?.pointNumber, x, y })
  }

  // --- what the reader does ---------------------------------------------------------------------

  /* A handle is moved: what another is doing comes to its end first. */
  take(name) {
    this.stop(this.playing !== name)
    this.flush(name)
  }

  step(name, by) {
    this.take(name)
    const { slider } = this.handles.get(name)
    slider.value = Number(slider.value) + by
    this.show(name, Number(slider.value))
    this.keys = true
    this.releaseSoon(name)
  }

  type(name) {
    const parts = this.handles.get(name)
    parts.typed = parts.exact.value
    this.take(name)
    clearTimeout(parts.soon)
    parts.soon = null
    this.send({ [name]: parts.typed.trim() })
  }

  reset() {
    this.stop()
    for (const parts of this.handles.values()) {
      clearTimeout(parts.soon)
      parts.soon = null
    }
    this.untold = {}
    this.unanswered = {}
    this.send({ reset: true })
  }

  async togglePlay(name) {
    if (this.playing === name) return this.stop(true)
    this.take(name)
    const parts = this.handles.get(name)
    if (!parts.film || parts.shown !== parts.address) await this.ask(name)
    if (!parts.film || this.playing) return
    this.playing = name
    parts.play.textContent = "❚❚"
    parts.play.setAttribute("aria-label", `${parts.label.textContent}: ${this.data.say.pause}`)
    const last = parts.film.positions.length - 1
    let frame = Number(parts.slider.value)
    if (frame >= last) frame = 0
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
    const began = performance.now()
    const from = frame
    const beat = (now) => {
      if (this.playing !== name) return
      /* Six seconds from end to end; with reduced motion ten still pictures instead. */
      let at = from + (Math.max(0, now - began) / 6000) * last
      if (calm) at = from + Math.floor((at - from) / (last / 10)) * (last / 10)
      frame = Math.min(last, Math.round(at))
      parts.slider.value = frame
      this.show(name, frame)
      if (frame >= last) this.stop(true)
      else this.beat = requestAnimationFrame(beat)
    }
    this.beat = requestAnimationFrame(beat)
  }

  stop(tell = false) {
    const name = this.playing
    if (!name) return
    this.playing = null
    cancelAnimationFrame(this.beat)
    const { play, label } = this.handles.get(name)
    play.textContent = "▶"
    play.setAttribute("aria-label", `${label.textContent}: ${this.data.say.play}`)
    if (tell) this.release(name)
  }

  /* Keys come in bursts: the server hears of the last one. */
  releaseSoon(name) {
    const parts = this.handles.get(name)
    clearTimeout(parts.soon)
    parts.soon = setTimeout(() => { parts.soon = null; this.release(name) }, this.keys ? 250 : 0)
  }

  /* Let go now of what was to be let go soon, but for one handle. */
  flush(except) {
    for (const [name, parts] of this.handles) {
      if (parts.soon === null || name === except) continue
      clearTimeout(parts.soon)
      parts.soon = null
      this.release(name)
    }
  }

  release(name) {
    this.say()
    const parts = this.handles.get(name)
    if (!parts.film) return
    const frame = Number(parts.slider.value)
    const value = parts.film.positions[frame]
    const isFree = parts.alone && (!parts.regimes.length || parts.regimes[frame] === parts.regime)
    if (isFree || this.data.films) Object.assign(parts, { present: frame, value })
    if (this.data.films) this.leaveFilms(name)
    if (!isFree) return this.send({ [name]: value })
    this.untold[name] = value
    this.keep(parts)
    if (this.isUnsettled) this.settle()
  }

  /* The address of a state that the server need not hear of yet. */
  keep({ of, usual }) {
    const query = new URLSearchParams(location.search)
    const handles = [...this.handles.values()]
    for (const [name, text] of new URLSearchParams(this.data.query)) { // what the server has settled since
      if (!query.has(name) && !handles.some((parts) => parts.of === name)) query.set(name, text)
    }
    const text = handles.filter((parts) => parts.of === of).map(({ value }) => value).join()
    if (text === usual) query.delete(of)
    else query.set(of, text)
    keepAddress(query.toString())
  }

  /* The films of all other handles are around a value that has passed: each is fetched anew when its handle is touched. */
  leaveFilms(moved) {
    this.follow()
    for (const [name, parts] of this.handles) {
      if (name === moved) continue
      if (parts.film && isMoving(parts)) parts.early = Number(parts.slider.value)
      parts.film = null
      if (parts.early !== null || parts.isUnpainted) this.ask(name)
    }
  }

  tellAll() {
    this.flush()
    if (Object.keys(this.untold).length) this.send({})
  }

  send(what, more = {}) {
    this.hasSpoken = true
    this.sent += 1
    const values = { ...this.unanswered, ...this.untold, ...what }
    this.tell("released", { values, count: this.sent, ...more })
    this.untold = {}
    this.unanswered = { ...values }
    delete this.unanswered.reset // done once
  }
}

const scrubbers = new WeakMap()

export default function (component) {
  const root = component.parentElement
  if (!scrubbers.has(root)) scrubbers.set(root, new Scrubber(root))
  const scrubber = scrubbers.get(root)
  scrubber.update(component)
  return () => {
    scrubber.close()
    scrubbers.delete(root)
  }
}
