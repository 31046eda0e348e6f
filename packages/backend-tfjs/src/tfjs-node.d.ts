/** An optional peer, which need not be there when this package is compiled. */
declare module '@tensorflow/tfjs-node';
