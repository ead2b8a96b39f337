/* Films (figures/film.py): fetched, read, and laid over one another frame by frame. */

const films = new Map() // address → promise of a film; the oldest is dropped
const FILMS_KEPT = 40

function fetchFilm(address) {
  if (!films.has(address)) {
    films.set(address, load(address))
    if (films.size > FILMS_KEPT) films.delete(films.keys().next().value)
    films.get(address).catch(() => films.delete(address))
  }
  return films.get(address)
}

async function load(address) {
  const answer = await fetch(new URL(address, document.baseURI))
  if (!answer.ok) throw new Error(`film ${address}: ${answer.status}`)
  return decode(await answer.arrayBuffer())
}

function decode(buffer) {
  const length = new DataView(buffer).getUint32(0, true)
  const film = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)))
  let start = 4 + length
  const next = (Kind, count) => {
    const values = new Kind(buffer, start, count)
    start += values.byteLength
    return values
  }
  film.tracks = film.tracks.map(([chart, trace, attribute, points]) =>
    ({ chart, trace, attribute, points, numbers: next(Float32Array, film.frames * points) }))
  const palettes = Array.from({ length: film.palettes }, () => next(Uint32Array, 256))
  film.pictures = film.pictures.map(([chart, image, palette, rows, columns]) =>
    ({ chart, image, rows, columns, palette: palettes[palette], cells: next(Uint8Array, film.frames * rows * columns) }))
  return film
}

/* What one frame of one or more films shows, chart by chart: the attributes of traces, and pictures. Later films win. */
function frameOf(shown) {
  const charts = new Map()
  const of = (chart) => {
    if (!charts.has(chart)) charts.set(chart, { traces: new Map(), pictures: new Map() })
    return charts.get(chart)
  }
  for (const { film, frame } of shown) {
    for (const { chart, trace, attribute, points, numbers } of film.tracks) {
      const { traces } = of(chart)
      if (!traces.has(trace)) traces.set(trace, {})
      traces.get(trace)[attribute] = numbers.subarray(frame * points, (frame + 1) * points)
    }
    for (const picture of film.pictures) of(picture.chart).pictures.set(picture.image, { picture, frame })
  }
  return charts
}

/* One frame over another. */
function over(under, { traces, pictures }) {
  const all = new Map(under.traces)
  for (const [trace, attributes] of traces) all.set(trace, { ...all.get(trace), ...attributes })
  return { traces: all, pictures: new Map([...under.pictures, ...pictures]) }
}

const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true })

/* One frame of a picture, one pixel a cell, as the address of an image. */
function draw({ picture: { rows, columns, palette, cells }, frame }) {
  canvas.canvas.width = columns
  canvas.canvas.height = rows
  const image = canvas.createImageData(columns, rows)
  const pixels = new Uint32Array(image.data.buffer)
  const shown = cells.subarray(frame * pixels.length, (frame + 1) * pixels.length)
  for (let at = 0; at < pixels.length; at++) pixels[at] = palette[shown[at]]
  canvas.putImageData(image, 0, 0)
  return canvas.canvas.toDataURL()
}
