/*
 * The tiles of a sum side by side as one long depth of a product. It is staged a number of columns
 * at a time, whatever tile they belong to: many small tiles cost as few rounds as one large tile.
 */
#ifndef SLUICE_DEPTH_CUH
#define SLUICE_DEPTH_CUH

#include "layout.cuh"

/* A column of the depth: a node of a tile, or past the last tile. */
struct DepthPlace {
    int32_t tile;
    int32_t node;
};

/* Advances by some columns; width_of(t) is the number of columns of tile t. */
template <typename Widths>
__device__ static __forceinline__ void advance(DepthPlace &place, int32_t columns, int32_t tiles,
                                               Widths width_of) {
    place.node += columns;
    while (place.tile < tiles) {
        const int32_t width = width_of(place.tile);
        if (place.node < width) {
            return;
        }
        place.node -= width;
        place.tile++;
    }
}

/* Columns of tiles from..to - 1. */
template <typename Widths>
__device__ static __forceinline__ int32_t depth_of(int32_t from, int32_t to, Widths width_of) {
    int32_t depth = 0;
#pragma unroll 4
    for (int32_t t = from; t < to; t++) depth += width_of(t);
    return depth;
}

/* Copies tiles to shared memory, by a whole thread block; tile_at(t) is the address of tile t. */
template <typename Tiles>
__device__ static __forceinline__ void copy_tiles(Tile *to, int32_t tiles, Tiles tile_at) {
    constexpr int THREADS = 8; /* for a tile */
    constexpr int WORDS = sizeof(Tile) / sizeof(int32_t) / THREADS;
    static_assert(sizeof(Tile) == WORDS * THREADS * sizeof(int32_t), "threads share a tile");
    for (int32_t t = threadIdx.x / THREADS; t < tiles; t += blockDim.x / THREADS) {
        const int32_t *const from = (const int32_t *)&tile_at(t) + threadIdx.x % THREADS;
        int32_t *const mine = (int32_t *)(to + t) + threadIdx.x % THREADS;
        int32_t word[WORDS];
#pragma unroll
        for (int i = 0; i < WORDS; i++) word[i] = from[i * THREADS];
#pragma unroll
        for (int i = 0; i < WORDS; i++) mine[i * THREADS] = word[i];
    }
}

#endif
