/*
 * Loads elements for the matrix units, in the forward pass.
 *
 * A chunk of a Shape has VECTORS_A_ROW vectors of eight children in a row. A thread has one of them
 * in VECTORS rows, ROWS_APART from each other, and writes it to rows of STRIDE numbers.
 */
#ifndef SLUICE_ELEMENT_LOADER_CUH
#define SLUICE_ELEMENT_LOADER_CUH

#include "operand.cuh"

/* Tiles of a thread block's sums that it has in shared memory. */
enum { KEPT_TILES = 16 };

/* Loads factors into registers and puts their product, scaled, into shared memory. */
template <typename Shape>
struct ElementLoader {
    uint4 value[INLINE_FACTORS][Shape::VECTORS];

    __device__ static __forceinline__ int row(int i) {
        return threadIdx.x / Shape::VECTORS_A_ROW + i * Shape::ROWS_APART;
    }

    __device__ static __forceinline__ int column() {
        return threadIdx.x % Shape::VECTORS_A_ROW * 8;
    }

    /*
     * Rows of tables, stored factors, or both. Samples that are not there stand in for the last
     * one; their sums are not kept. `cells` has the cells of first factors, if it is given.
     */
    template <bool TABLES, bool STORED>
    __device__ __forceinline__ void fetch(const DevicePlan &c, const Tile &tile, int32_t first,
                                          int32_t child, const int32_t *cells) {
        if (child >= tile.children) {
            return;
        }
#pragma unroll
        for (int f = 0; f < INLINE_FACTORS; f++) {
            if (f >= tile.factors) {
                break;
            }
            if (f < tile.tables ? !TABLES : !STORED) {
                continue;
            }
            const Factor &factor = tile.factor[f];
#pragma unroll
            for (int i = 0; i < Shape::VECTORS; i++) {
                const int32_t sample = min(first + row(i), c.count - 1);
                if (f < tile.tables) {
                    const int32_t cell = f == 0 && cells != NULL
                                                 ? cells[row(i)]
                                                 : cell_at(c, factor.variable, sample);
                    value[f][i] = load8(table_row<bf16>(c, factor, cell), child);
                } else {
                    value[f][i] =
                            *(const uint4 *)(stored_row<bf16>(c, factor, tile.children, sample)
                                             + child);
                }
            }
        }
    }

    /* factor_of(row): what the product is scaled by, where `scaled`. */
    template <typename FactorOf>
    __device__ __forceinline__ void place(const DevicePlan &c, const Tile &tile, int32_t first,
                                          int32_t child, bool keep, bool scaled, FactorOf factor_of,
                                          bf16 *to) {
        if (child >= tile.children) {
            return;
        }
#pragma unroll
        for (int i = 0; i < Shape::VECTORS; i++) {
            const int32_t sample = min(first + row(i), c.count - 1);
            uint4 product = value[0][i];
#pragma unroll
            for (int f = 1; f < INLINE_FACTORS; f++) {
                if (f < tile.factors) {
                    product = multiply8(product, value[f][i]);
                }
            }
            for (int32_t f = INLINE_FACTORS; f < tile.factors; f++) {
                const Factor &factor = c.factor[tile.factor_begin + f];
                product = multiply8(
                        product, load8(factor_row<bf16>(c, factor, tile.children, sample), child));
            }
            if (keep && first + row(i) < c.count) {
                *(uint4 *)(element_row<bf16>(c, c.element_values, tile.flow, tile.children, sample)
                           + child) = product;
            }
            if (scaled) {
                product = scale8(product, factor_of(row(i)));
            }
            *(uint4 *)(to + row(i) * Shape::STRIDE + column()) = product;
        }
    }
};

#endif
