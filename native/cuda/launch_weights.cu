/* Weights, block rows, and the launches of the weights' statistics. */
#include "launch_parts.h"

#include <algorithm>

namespace {

enum {
    BUSY_BLOCKS = 256, /* thread blocks that keep a large device busy */
    MOST_SLICES = 12
};

} // namespace

Weights::Weights(const sluice_plan &plan, const Copies &copies, const Operands &operands,
                 LaunchList &launches)
    : p_(plan), operands_(operands), s_(launches) {
    weights(copies);
    slices();
}

void Weights::add_to(PlanWriter &writer, DevicePlan &c) const {
    c.weight = writer.add(weight_);
    c.weight_tile = writer.add(p_.weight_tile, p_.weight_tile_begin[p_.weights]);
    c.block_row = writer.add(block_row_);
    c.node_block_row = writer.add(node_block_row_);
}

void Weights::weights(const Copies &copies) {
    for (int32_t g = 0; g < p_.block_rows; g++) {
        BlockRow block_row = {p_.block_row_weight_begin[g],
                              p_.block_row_weight_begin[g + 1] - p_.block_row_weight_begin[g],
                              p_.block_row_nodes[g], (int32_t)node_block_row_.size()};
        block_row_.push_back(block_row);
        node_block_row_.insert(node_block_row_.end(), (size_t)block_row.nodes, g);
    }
    s_.sum_nodes = (int32_t)node_block_row_.size();
    for (int32_t g = 0; g < p_.block_rows; g++) {
        const int32_t together = go_together(g);
        for (int32_t w = p_.block_row_weight_begin[g]; w < p_.block_row_weight_begin[g + 1]; w++) {
            weight(copies, w, p_.block_row_nodes[g], together);
        }
    }
}

/*
 * Whether the weights of a block row have one tile each, all of one sum block, and can be taken
 * four at a time.
 */
bool Weights::go_together(int32_t g) const {
    const int32_t begin = p_.block_row_weight_begin[g];
    const int32_t end = p_.block_row_weight_begin[g + 1];
    const auto tile = [&](int32_t w) { return p_.weight_tile[p_.weight_tile_begin[w]]; };
    bool together = (end - begin) % WEIGHTS_TOGETHER == 0;
    for (int32_t w = begin; w < end && together; w++) {
        together = p_.weight_tile_begin[w + 1] - p_.weight_tile_begin[w] == 1
                   && p_.weight_nodes[w] == p_.weight_nodes[begin]
                   && p_.tile_sum[tile(w)] == p_.tile_sum[tile(begin)];
    }
    return together;
}

void Weights::weight(const Copies &copies, int32_t w, int32_t nodes, int32_t together) {
    const int32_t tiles = p_.weight_tile_begin[w + 1] - p_.weight_tile_begin[w];
    weight_.push_back({p_.weight_parameter[w], copies.of(p_.weight_parameter[w]),
                       p_.weight_nodes[w], p_.weight_tile_begin[w], tiles, nodes});
    const int32_t matrix = fits(w);
    if (s_.weights.empty() || s_.weights.back().nodes != nodes
        || s_.weights.back().children != p_.weight_nodes[w] || s_.weights.back().matrix != matrix
        || s_.weights.back().together != together) {
        s_.weights.push_back({w, w, nodes, p_.weight_nodes[w], tiles, matrix, 1, together});
    }
    s_.weights.back().end++;
    s_.weights.back().tiles = std::min(s_.weights.back().tiles, tiles);
}

bool Weights::fits(int32_t w) const {
    bool fits = true;
    for (int32_t i = p_.weight_tile_begin[w]; i < p_.weight_tile_begin[w + 1] && fits; i++) {
        const int32_t t = p_.weight_tile[i];
        fits = operands_.tile_fits(t) && operands_.element_fits(p_.tile_element[t]);
    }
    return fits;
}

/*
 * Few weights that many tiles use get slices of their tiles, for enough thread blocks. Not the
 * device's number of multiprocessors but a constant: the same bits on every device.
 */
void Weights::slices() {
    for (WeightLaunch &launch : s_.weights) {
        const int64_t weights = launch.end - launch.first;
        const int64_t floats = weights * launch.nodes * launch.children;
        const int64_t blocks = std::max<int64_t>(1, floats / (MATRIX_NODES * MATRIX_NODES));
        if (launch.matrix) {
            launch.slices =
                    (int32_t)std::min<int64_t>(std::max<int64_t>(1, BUSY_BLOCKS / blocks),
                                               std::min<int32_t>(launch.tiles, MOST_SLICES));
        }
        if (launch.slices > 1) {
            s_.slice_floats = std::max(s_.slice_floats, launch.slices * floats);
        }
    }
}
