/**
 * A nested record with leaves of one kind: the shape of everything that is "one value per parameter"
 * (specs, symbolic tensors, values, gradients, optimiser state). Lists are records keyed `'0'`, `'1'`…
 */
export interface Tree<Leaf> {
  readonly [key: string]: Leaf | Tree<Leaf>;
}
