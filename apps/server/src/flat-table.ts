/** How often fields may be visited; shared by all tables of a message. */
interface Budget {
  left: number;
}

/**
 * A FlatBuffers table that is read without trust: what lies outside the buffer, and more elements than it has
 * room for, are a RangeError. Elements are counted over the whole message, since tables that refer to one
 * another could make a few of them look like any number.
 */
export class FlatTable {
  readonly #view: DataView;
  readonly #at: number;
  readonly #budget: Budget;

  private constructor(view: DataView, at: number, budget: Budget) {
    this.#view = view;
    this.#at = at;
    this.#budget = budget;
  }

  static root(view: DataView): FlatTable {
    return new FlatTable(view, view.getInt32(0, true), { left: view.byteLength / 4 });
  }

  has(field: number): boolean {
    return this.#placeOf(field) !== 0;
  }

  byte(field: number): number {
    const place = this.#placeOf(field);
    return place === 0 ? 0 : this.#view.getUint8(place);
  }

  long(field: number): number {
    const place = this.#placeOf(field);
    return place === 0 ? 0 : Number(this.#view.getBigInt64(place, true));
  }

  child(field: number): FlatTable {
    const place = this.#placeOf(field);
    if (place === 0) throw new RangeError('a table is missing');
    return this.#tableAt(place);
  }

  /** Elements of a vector of pairs of 64-bit numbers. */
  pairs(field: number): [number, number][] {
    return this.#elements(field, 16).map((at) => [this.#longAt(at), this.#longAt(at + 8)]);
  }

  /** Elements of a vector of 64-bit numbers. */
  longs(field: number): number[] {
    return this.#elements(field, 8).map((at) => this.#longAt(at));
  }

  /** Visits a vector of key-value pairs. */
  visitPairs(field: number): void {
    this.#elements(field, 4);
  }

  /** Visits the fields of a schema or a field, those below them, and what is noted at them. */
  visitFields(field: number): void {
    this.visitPairs(field === 1 ? 2 : 6);
    for (const at of this.#elements(field, 4)) this.#tableAt(at).visitFields(5);
  }

  #longAt(at: number): number {
    return Number(this.#view.getBigInt64(at, true));
  }

  #tableAt(place: number): FlatTable {
    const at = place + this.#view.getInt32(place, true);
    return new FlatTable(this.#view, at, this.#budget);
  }

  #placeOf(field: number): number {
    const vtable = this.#at - this.#view.getInt32(this.#at, true);
    const entry = 4 + 2 * field;
    if (entry >= this.#view.getInt16(vtable, true)) return 0;
    const offset = this.#view.getInt16(vtable + entry, true);
    return offset === 0 ? 0 : this.#at + offset;
  }

  /** Places of the elements of a vector. */
  #elements(field: number, size: number): number[] {
    const place = this.#placeOf(field);
    if (place === 0) return [];
    const start = place + this.#view.getInt32(place, true);
    const count = this.#view.getInt32(start, true);
    this.#budget.left -= count;
    const end = start + 4 + count * size;
    if (count < 0 || end > this.#view.byteLength || this.#budget.left < 0)
      throw new RangeError('a vector is longer than its buffer');
    return Array.from({ length: count }, (_, at) => start + 4 + at * size);
  }
}
