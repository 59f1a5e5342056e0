/* Factors, elements and tiles as kernels read them, and which of them the matrix units take. */
#include "launch_parts.h"

#include <algorithm>

#include "../common/long_product.h"

namespace {

enum {
    MATRIX_STEP = 16, /* nodes that the matrix units take at a time */
    VECTOR = 8,       /* bfloat16 numbers of a 16-byte access */
    WIDE_LAYERS = 32  /* sums: a launch for each such layer costs little */
};

Factor factor_of(const sluice_plan &p, int32_t block) {
    Factor factor = {};
    factor.copy = NO_COPY;
    factor.block = block;
    factor.parents = parents_of(p, block);
    const int32_t input = p.block_input[block];
    factor.is_sum = input < 0;
    if (p.block_value[block] >= 0) {
        factor.offset = p.block_value[block];
        factor.variable = STORED_BLOCK;
        return factor;
    }
    const int32_t table = p.input_table[input];
    factor.offset = p.table_parameter[table] + p.input_first[input];
    factor.variable = p.input_variable[input];
    factor.stride = p.table_nodes[table];
    return factor;
}

bool vector_aligned(int64_t offset) { return offset % VECTOR == 0; }

} // namespace

Operands::Operands(const sluice_plan &plan, const Copies &copies) : p_(plan) {
    factors(copies);
    elements();
    mean_layer_ = mean_layer();
    tiles(copies);
}

void Operands::add_to(PlanWriter &writer, DevicePlan &c) const {
    c.tile = writer.add(tile_);
    c.sum_tile_begin = writer.add(p_.sum_tile_begin, p_.sums + 1);
    c.factor = writer.add(factor_);
    c.element = writer.add(element_);
    c.element_tile = writer.add(p_.element_tile, p_.element_tile_begin[p_.elements]);
}

void Operands::factors(const Copies &copies) {
    const int32_t count = p_.element_factor_begin[p_.elements];
    factor_.reserve((size_t)count);
    for (int32_t i = 0; i < count; i++) {
        Factor factor = factor_of(p_, p_.element_factor[i]);
        if (factor.variable >= 0 && copies.has(p_.input_table[p_.block_input[factor.block]])) {
            factor.copy = copies.of(factor.offset);
        }
        factor_.push_back(factor);
    }
}

/* Whether 16-byte accesses and whole matrix steps cover the element. */
bool Operands::is_aligned(int32_t e) const {
    if (p_.element_nodes[e] % MATRIX_STEP != 0 || !vector_aligned(p_.element_flow[e])) {
        return false;
    }
    for (int32_t f = p_.element_factor_begin[e]; f < p_.element_factor_begin[e + 1]; f++) {
        const Factor &factor = factor_[(size_t)f];
        if (!vector_aligned(factor.offset) || !vector_aligned(factor.stride)
            || (factor.copy != NO_COPY && !vector_aligned(factor.copy))) {
            return false;
        }
    }
    return true;
}

bool Operands::tile_fits(int32_t t) const {
    const int32_t block = p_.sum_block[p_.tile_sum[t]];
    return p_.block_nodes[block] % MATRIX_STEP == 0 && vector_aligned(p_.block_value[block])
           && vector_aligned(p_.tile_parameter[t]);
}

void Operands::elements() {
    element_.resize((size_t)p_.elements);
    fits_.resize((size_t)p_.elements);
    for (int32_t e = 0; e < p_.elements; e++) {
        Element &element = element_[(size_t)e];
        element = {};
        element.flow = p_.element_flow[e];
        element.nodes = p_.element_nodes[e];
        element.factor_begin = p_.element_factor_begin[e];
        element.factors = p_.element_factor_begin[e + 1] - element.factor_begin;
        element.tile_begin = p_.element_tile_begin[e];
        element.tiles = p_.element_tile_begin[e + 1] - element.tile_begin;
        const Factor &first = factor_[(size_t)element.factor_begin];
        element.stored_alone = element.factors == 1 && first.variable < 0;
        element.alone_value = element.stored_alone ? first.offset : -1;
        for (int32_t f = 0; f < element.factors; f++) {
            const int32_t block = factor_[(size_t)(element.factor_begin + f)].block;
            element.needs_flow |= !gets_its_gradient_directly(p_, block);
        }
        fits_[(size_t)e] = is_aligned(e);
    }
}

void Operands::tiles(const Copies &copies) {
    tile_.resize((size_t)p_.tiles);
    for (int32_t t = 0; t < p_.tiles; t++) {
        Tile &tile = tile_[(size_t)t];
        tile = {};
        const int32_t e = p_.tile_element[t];
        const Element &element = element_[(size_t)e];
        tile.parameter = p_.tile_parameter[t];
        tile.copy = copies.of(tile.parameter);
        tile.flow = element.flow;
        tile.element = e;
        tile.children = element.nodes;
        tile.factor_begin = element.factor_begin;
        tile.sum = p_.tile_sum[t];
        tile.sum_block = p_.sum_block[tile.sum];
        tile.sum_value = p_.block_value[tile.sum_block];
        tile.sum_nodes = p_.block_nodes[tile.sum_block];
        if (is_formed_before(e)) {
            tile.factors = 1;
            tile.factor[0].offset = element.flow;
            tile.factor[0].block = p_.blocks + e;
            tile.factor[0].variable = FORMED_PRODUCT;
            continue;
        }
        tile.factors = element.factors;
        tile.keeps = p_.element_tile[element.tile_begin] == t;
        for (int32_t f = 0; f < tile.factors; f++) {
            const Factor &factor = factor_[(size_t)(tile.factor_begin + f)];
            tile.tables += factor.variable >= 0;
            if (f < INLINE_FACTORS) {
                tile.factor[f] = factor;
            }
        }
    }
}

bool Operands::has_groups_of_four(const Element &element) const {
    bool fours = element.nodes % 4 == 0 && element.flow % 4 == 0;
    for (int32_t f = 0; f < element.factors && fours; f++) {
        const Factor &factor = factor_[(size_t)(element.factor_begin + f)];
        fours = factor.offset % 4 == 0 && factor.stride % 4 == 0;
    }
    return fours;
}

/* Sums of a layer, on average. */
int32_t Operands::mean_layer() const {
    int32_t layers = 0;
    for (int32_t i = 0; i < p_.partitions; i++) {
        layers += i == 0 || p_.partition_layer[i] != p_.partition_layer[i - 1];
    }
    return p_.sums / std::max(layers, 1);
}

/*
 * Most small blocks are read by several sums. Deep and narrow circuits have chains instead, which
 * a launch for products would cut.
 */
bool Operands::is_small_product(int32_t e) const {
    const Element &element = element_[(size_t)e];
    return element.factors > 1 && element.nodes <= SMALL_NODES && has_groups_of_four(element)
           && mean_layer_ >= WIDE_LAYERS && !is_long_product(&p_, e);
}

bool Operands::is_formed_before(int32_t e) const {
    return is_long_product(&p_, e) || is_small_product(e);
}
