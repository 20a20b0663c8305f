/** Many vectors of bytes and their scalar products with one, sixteen numbers at a time. */

/*
The bytes are what `wat2wasm` makes of this. In JavaScript the same loop takes some ten times as long: V8 does not use the
vector instructions of the processor by itself.

(module
  (memory (export "memory") 1)
  (func (export "multiply") (param $query i32) (param $row i32) (param $rows i32) (param $width i32) (param $out i32)
    (local $i i32) (local $a v128) (local $b v128) (local $sum v128)
    (block $done
      (loop $each
        (br_if $done (i32.eqz (local.get $rows)))
        (local.set $sum (v128.const i32x4 0 0 0 0))
        (local.set $i (i32.const 0))
        (loop $along
          (local.set $a (v128.load (i32.add (local.get $query) (local.get $i))))
          (local.set $b (v128.load (i32.add (local.get $row) (local.get $i))))
          (local.set $sum (i32x4.add (local.get $sum)
            (i32x4.extadd_pairwise_i16x8_s (i16x8.extmul_low_i8x16_s (local.get $a) (local.get $b)))))
          (local.set $sum (i32x4.add (local.get $sum)
            (i32x4.extadd_pairwise_i16x8_s (i16x8.extmul_high_i8x16_s (local.get $a) (local.get $b)))))
          (br_if $along (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $width))))
        (i32.store (local.get $out) (i32.add
          (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
          (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum)))))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (local.set $row (i32.add (local.get $row) (local.get $width)))
        (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
        (br $each)))))
*/
const code =
  'AGFzbQEAAAABCQFgBX9/f39/AAMCAQAFAwEAAQcVAgZtZW1vcnkCAAhtdWx0aXBseQAACqQBAaEBAgF/A3sCQANAIAJFDQH9' +
  'DAAAAAAAAAAAAAAAAAAAAAAhCEEAIQUDQCAAIAVq/QAEACEGIAEgBWr9AAQAIQcgCCAGIAf9nAH9fv2uASEIIAggBiAH/Z0B' +
  '/X79rgEhCCAFQRBqIgUgA0kNAAsgBCAI/RsAIAj9GwFqIAj9GwIgCP0bA2pqNgIAIARBBGohBCABIANqIQEgAkEBayECDAAL' +
  'Cws='

// Node has it, and the types of Node don't.
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object) => { exports: Record<string, unknown> }
}

type Memory = { readonly buffer: ArrayBuffer; grow(pages: number): void }
type Multiply = (query: number, row: number, rows: number, width: number, out: number) => void

const page = 65_536
const perStep = 16

export class ByteRows {
  readonly #memory: Memory
  readonly #multiply: Multiply
  readonly #width: number
  /** Bytes of a row, up to whole steps; what a vector does not fill is 0. */
  readonly #stride: number

  /** @param width - numbers of each vector. */
  constructor(width: number) {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(code, 'base64')))
    this.#memory = exports['memory'] as Memory
    this.#multiply = exports['multiply'] as Multiply
    this.#width = width
    this.#stride = Math.ceil(width / perStep) * perStep
  }

  set(row: number, vector: Int8Array): void {
    this.#reach(this.#at(row + 1))
    const bytes = new Int8Array(this.#memory.buffer)
    bytes.set(vector, this.#at(row))
    // Products that stood here before would be multiplied as well.
    bytes.fill(0, this.#at(row) + this.#width, this.#at(row + 1))
  }

  get(row: number): Int8Array {
    return new Int8Array(this.#memory.buffer).slice(this.#at(row), this.#at(row) + this.#width)
  }

  /** @returns the scalar product of the vector with each of the first so many rows. */
  productsWith(vector: Int8Array, rows: number): Int32Array {
    const out = this.#at(rows)
    this.#reach(out + 4 * rows)
    new Int8Array(this.#memory.buffer).set(vector, 0)
    this.#multiply(0, this.#at(0), rows, this.#stride, out)
    return new Int32Array(this.#memory.buffer, out, rows).slice()
  }

  /** The question stands before all rows. */
  #at(row: number): number {
    return (row + 1) * this.#stride
  }

  /** Doubles, so that many additions grow it seldom. */
  #reach(bytes: number): void {
    const has = this.#memory.buffer.byteLength
    if (bytes > has) this.#memory.grow(Math.ceil(Math.max(bytes - has, Math.min(has, 2 ** 26)) / page))
  }
}
