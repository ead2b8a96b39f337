/* The drawing pad: 32 × 32 dots under a grid of 8 × 8 cells.

   A pointer draws with a round pen, the keyboard fills cells. The dots are counted here only to say how
   full a cell is; what a network reads of them is worked out by the core. The server hears of a drawing
   when a stroke ends, not while it is made. */

const PEN = 2 // dots from the middle of the pen to its rim: the shipped digits' strokes, drawn as high as the field
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }
const PAUSE = 400 // ms after the last key until the server hears of it

class Pad {
  constructor(root) {
    this.root = root
    this.sent = 0
    this.pens = new Map() // pointers that are down → where each was last
  }

  update({ data: bytes, setTriggerValue }) {
    const data = JSON.parse(new TextDecoder().decode(bytes))
    this.tell = setTriggerValue
    this.data = data
    const shape = JSON.stringify([data.side, data.across, data.label, data.presented, data.say])
    if (shape !== this.shape) {
      this.shape = shape
      this.build()
    }
    if (data.answers < this.sent || this.pens.size || this.soon) return
    this.dots = decode(data.drawing, data.side)
    this.show()
  }

  close() {
    clearTimeout(this.soon)
  }

  // --- the elements -------------------------------------------------------------------------

  build() {
    const { side, across, label, presented, say } = this.data
    const pad = this.root.querySelector(".pad")
    this.canvas = element("canvas", { width: side, height: side, "aria-hidden": "true" })
    this.grid = element("div", { class: "grid", role: "grid", "aria-labelledby": "label", "aria-describedby": "hint" })
    this.cells = []
    for (let row = 0; row < across; row++) {
      const line = element("div", { class: "row", role: "row" })
      for (let column = 0; column < across; column++) {
        const cell = element("div", { class: "cell", role: "gridcell", tabindex: -1 })
        cell.addEventListener("focus", () => { this.at = [row, column] })
        cell.addEventListener("keydown", (event) => this.press(event))
        line.append(cell)
        this.cells.push(cell)
      }
      this.grid.append(line)
    }
    this.at ??= [0, 0]
    const field = element("div", { class: "field" })
    field.append(this.canvas, this.grid)
    const clear = element("button", { type: "button" }, say.clear)
    clear.addEventListener("click", () => this.clear())
    this.status = element("span", { class: "unseen", role: "status" })
    pad.replaceChildren(
      element("span", { class: "label", id: "label" }, label), field,
      element("span", { class: presented ? "unseen" : "hint", id: "hint" }, say.hint), clear, this.status,
    )
    for (const [kind, heard] of Object.entries({
      pointerdown: (event) => this.begin(event),
      pointermove: (event) => this.draw(event),
      pointerup: (event) => this.end(event),
      pointercancel: (event) => this.end(event),
    })) this.grid.addEventListener(kind, heard)
  }

  show() {
    const { side, across, say } = this.data
    const context = this.canvas.getContext("2d")
    const image = context.createImageData(side, side)
    new Uint32Array(image.data.buffer).set(Uint32Array.from(this.dots, (dot) => (dot ? 0xff000000 : 0)))
    context.putImageData(image, 0, 0)
    this.cells.forEach((cell, place) => {
      const [row, column] = [Math.floor(place / across), place % across]
      const said = say.cell.replace("{row}", row + 1).replace("{column}", column + 1)
        .replace("{dots}", this.block(row, column).filter((dot) => this.dots[dot]).length)
      if (cell.getAttribute("aria-label") !== said) cell.setAttribute("aria-label", said)
      cell.tabIndex = row === this.at[0] && column === this.at[1] ? 0 : -1
    })
  }

  /* The places of the dots of a cell. */
  block(row, column) {
    const { side, across } = this.data
    const size = side / across
    return Array.from({ length: size * size }, (_, dot) =>
      (row * size + Math.floor(dot / size)) * side + column * size + (dot % size))
  }

  // --- by pointer ---------------------------------------------------------------------------

  begin(event) {
    if (event.button) return
    this.grid.setPointerCapture(event.pointerId)
    this.pens.set(event.pointerId, null)
    this.draw(event)
  }

  draw(event) {
    if (!this.pens.has(event.pointerId)) return
    const box = this.grid.getBoundingClientRect()
    const passed = event.getCoalescedEvents?.() ?? []
    for (const { clientX, clientY } of passed.length ? passed : [event]) {
      const [x, y] = [(clientX - box.left) / box.width, (clientY - box.top) / box.height].map((at) => at * this.data.side)
      this.line(this.pens.get(event.pointerId) ?? [x, y], [x, y])
      this.pens.set(event.pointerId, [x, y])
    }
    this.show()
  }

  end(event) {
    if (!this.pens.delete(event.pointerId) || this.pens.size) return
    this.send()
  }

  /* The pen from one place to another: a round of dots at every half dot of the way. */
  line([fromX, fromY], [x, y]) {
    const steps = Math.max(1, Math.ceil(2 * Math.max(Math.abs(x - fromX), Math.abs(y - fromY))))
    for (let step = 0; step <= steps; step++) {
      const part = step / steps
      this.stamp(fromX + part * (x - fromX), fromY + part * (y - fromY))
    }
  }

  stamp(x, y) {
    const { side } = this.data
    for (let row = Math.max(0, Math.floor(y - PEN)); row < Math.min(side, y + PEN); row++) {
      for (let column = Math.max(0, Math.floor(x - PEN)); column < Math.min(side, x + PEN); column++) {
        const [across, down] = [column + 0.5 - x, row + 0.5 - y]
        if (across * across + down * down <= PEN * PEN) this.dots[row * side + column] = 1
      }
    }
  }

  // --- by keyboard --------------------------------------------------------------------------

  press(event) {
    const last = this.data.across - 1
    const [row, column] = this.at
    const move = ARROWS[event.key]
    if (move) this.go(row + move[0], column + move[1])
    else if (event.key === "Home") this.go(event.ctrlKey ? 0 : row, 0)
    else if (event.key === "End") this.go(event.ctrlKey ? last : row, last)
    else if (event.key === " " || event.key === "Enter") this.toggle(row, column)
    else if (event.key === "Delete" || event.key === "Backspace") this.clear()
    else return
    event.preventDefault()
  }

  go(row, column) {
    const { across } = this.data
    if (row < 0 || column < 0 || row >= across || column >= across) return
    this.at = [row, column]
    this.show()
    this.cells[row * across + column].focus({ preventScroll: true })
  }

  /* A cell with any ink is emptied, an empty one filled. */
  toggle(row, column) {
    const block = this.block(row, column)
    const ink = block.some((dot) => this.dots[dot]) ? 0 : 1
    for (const dot of block) this.dots[dot] = ink
    this.show()
    this.status.textContent = this.cells[row * this.data.across + column].getAttribute("aria-label")
    clearTimeout(this.soon)
    this.soon = setTimeout(() => this.send(), PAUSE)
  }

  clear() {
    this.dots.fill(0)
    this.show()
    this.status.textContent = this.data.say.cleared
    this.send()
  }

  // --- to the server ------------------------------------------------------------------------

  send() {
    clearTimeout(this.soon)
    this.soon = null
    this.sent += 1
    this.tell("drawn", { drawing: encode(this.dots), count: this.sent })
  }
}

/* The dots as the core writes them (activations/experiments/drawing.py): eight to a byte, the first highest, base64. */
function encode(dots) {
  const bytes = Array.from({ length: dots.length / 8 }, (_, byte) =>
    dots.subarray(8 * byte, 8 * byte + 8).reduce((sum, dot) => 2 * sum + dot, 0))
  if (bytes.every((byte) => byte === 0)) return ""
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
}

function decode(text, side) {
  const dots = new Uint8Array(side * side)
  const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"))
  for (let dot = 0; dot < 8 * bytes.length; dot++) dots[dot] = (bytes.charCodeAt(dot >> 3) >> (7 - (dot & 7))) & 1
  return dots
}

function element(tag, attributes, text) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  if (text !== undefined) made.textContent = text
  return made
}

const pads = new WeakMap()

export default function (component) {
  const root = component.parentElement
  if (!pads.has(root)) pads.set(root, new Pad(root))
  const pad = pads.get(root)
  pad.update(component)
  return () => {
    pad.close()
    pads.delete(root)
  }
}
