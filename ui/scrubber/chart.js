/* A chart of the page on which frames are painted, and painted again whenever Streamlit has drawn it anew. */

const IMMEDIATE = { mode: "immediate", frame: { duration: 0, redraw: false }, transition: { duration: 0 } }

/* The ends of each axis of a layout. */
function endsOf(layout) {
  const axes = Object.entries(layout).filter(([name, axis]) => /^[xy]axis\d*$/.test(name) && axis.range && !axis.autorange)
  return Object.fromEntries(axes.map(([name, { range }]) => [`${name}.range`, [...range]]))
}

/* A chart of the page, found by its key as soon as it is there, and again when Streamlit has made it anew. */
class Chart {
  constructor(key, onClick) {
    this.key = key
    this.onClick = onClick
    this.moving = 0 // frames that Plotly has not yet finished
    this.drawn = new Map() // pictures as they were last put there
    /* Streamlit draws the base figure again when the theme or the size changes: put the frame back. */
    this.onPlot = () => {
      if (this.shown && (this.moving || !this.isPainted())) this.paintSoon(true)
    }
    /* Streamlit makes a chart anew for every new figure, and Plotly's own memory of the reader's zoom ends with it. */
    this.onZoom = () => {
      const { layout } = this.element
      const zoomed = Object.entries(endsOf(layout)).filter(([axis, ends]) => `${ends}` !== `${this.given[axis]}`)
      this.zoom = { revision: layout.uirevision, ends: Object.fromEntries(zoomed) }
    }
    this.watcher = new MutationObserver(() => this.find())
    this.watch()
  }

  watch(pause = 50) {
    clearTimeout(this.waiting)
    const holder = document.querySelector(`.st-key-${CSS.escape(this.key)}`)
    if (!holder) {
      this.waiting = setTimeout(() => this.watch(Math.min(2 * pause, 1000)), pause)
      return
    }
    this.watcher.disconnect()
    this.watcher.observe(holder.parentElement ?? holder, { childList: true, subtree: true })
    this.find()
  }

  find() {
    const found = document.querySelector(`.st-key-${CSS.escape(this.key)} .js-plotly-plot`)
    if (!found?.on || found === this.element) return
    this.leave()
    this.element = found
    this.given = endsOf(found.layout ?? {})
    found.on("plotly_afterplot", this.onPlot)
    found.on("plotly_relayout", this.onZoom)
    if (this.onClick) found.on("plotly_click", this.onClick)
    this.isAnew = true
    this.paintSoon(false)
  }

  /* Not now: this may be in the midst of a drawing, whose steps follow one another as promises. A frame between
     two of them, or before Plotly has fitted its margins anew, leaves curves and axes at different sizes. */
  paintSoon(mixed) {
    this.mixed ||= mixed
    clearTimeout(this.soon)
    this.soon = setTimeout(() => {
      this.zoomAgain()
      if (this.shown) this.put(this.shown)
    })
  }

  /* What the reader has zoomed to holds for another figure that shows the same, as its uirevision says. */
  zoomAgain() {
    if (!this.isAnew || !this.element?.layout) return
    this.isAnew = false
    const { revision, ends } = this.zoom ?? {}
    if (revision === undefined || revision !== this.element.layout.uirevision || !Object.keys(ends).length) return
    window.Plotly.relayout(this.element, ends)
  }

  leave() {
    this.element?.removeListener?.("plotly_afterplot", this.onPlot)
    this.element?.removeListener?.("plotly_relayout", this.onZoom)
    if (this.onClick) this.element?.removeListener?.("plotly_click", this.onClick)
  }

  close() {
    this.watcher.disconnect()
    clearTimeout(this.waiting)
    clearTimeout(this.soon)
    this.leave()
  }

  /* Shows a frame over what is shown, or afresh. All of it is put back after a drawing by another hand. */
  paint(frame, afresh) {
    if (afresh) this.drawn = new Map()
    this.shown = afresh || !this.shown ? frame : over(this.shown, frame)
    this.put(frame)
  }

  put({ traces, pictures }) {
    if (!this.element?.data) return // not there yet, or Streamlit has just taken it away
    if (!this.fits(traces, pictures)) return
    /* A frame that a newer one overtakes is rejected by Plotly: that is meant. */
    if (traces.size) {
      const frame = { data: [...traces.values()], traces: [...traces.keys()] }
      /* Bars that a frame does not name, Plotly takes off the chart. */
      for (const [trace, { type }] of this.element.data.entries()) {
        if (type !== "bar" || traces.has(trace)) continue
        frame.data.push({})
        frame.traces.push(trace)
      }
      this.moving += 1
      window.Plotly.animate(this.element, frame, IMMEDIATE).catch(() => {}).then(() => this.rest())
    }
    const drawn = [...pictures].map(([image, what]) => [image, draw(what)])
    if (!drawn.length) return
    this.drawn = new Map([...this.drawn, ...drawn])
    window.Plotly.relayout(this.element, Object.fromEntries(
      drawn.map(([image, source]) => [`images[${image}].source`, source])))
  }

  /* Whether a frame is of this figure's film. One of the figure before, or of the one to come, may have more bars or
     fewer, and Plotly gives a bar that a frame brings no colour. What does not fit is put once its figure is there. */
  fits(traces, pictures) {
    const drawn = this.element._fullData ?? []
    const images = this.element.layout.images ?? []
    const hasTraces = [...traces].every(([trace, attributes]) => drawn[trace] && Object.entries(attributes).every(
      ([name, numbers]) => (drawn[trace][name]?.length ?? numbers.length) === numbers.length))
    return hasTraces && [...pictures.keys()].every((image) => images[image])
  }

  /* Where a frame followed on a drawing by another hand, all is drawn once more, in one size. */
  rest() {
    this.moving -= 1
    if (this.moving || !this.mixed) return
    this.mixed = false
    window.Plotly.redraw(this.element)
  }

  /* Asked only when no frame is under way. Streamlit may have copied the figure in the midst of one: then the
     pictures are there, but the numbers have become objects that are no arrays. */
  isPainted() {
    const { data, layout } = this.element
    for (const [image, source] of this.drawn) if (layout.images?.[image]?.source !== source) return false
    for (const [trace, attributes] of this.shown.traces) {
      for (const [attribute, numbers] of Object.entries(attributes)) return !data[trace] || data[trace][attribute] === numbers
    }
    return true
  }
}
