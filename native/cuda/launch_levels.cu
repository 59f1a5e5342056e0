/*
 * Launches of the backward pass: levels of elements, levels of gradients that are gathered, and
 * chains.
 */
#include "launch_parts.h"

#include <algorithm>

Levels::Levels(const sluice_plan &plan, const Operands &operands, Chains &chains,
               LaunchList &launches)
    : p_(plan), operands_(operands), chains_(chains), s_(launches) {
    levels();
    this->chains();
}

void Levels::add_to(PlanWriter &writer, DevicePlan &c) const {
    c.backward = writer.add(backward_);
    c.gathered = writer.add(gathered_);
}

/*
 * Levels of the backward pass: an element comes one level after the last of the sums that read it;
 * the gradient of a sum is known after the last of the elements that contain it.
 */
void Levels::levels() {
    std::vector<int32_t> element_level((size_t)p_.elements, 1);
    std::vector<int32_t> sum_level((size_t)p_.sums, 0);
    int32_t levels = 0;
    for (int32_t i = p_.operations - 1; i >= 0; i--) {
        const int32_t operation = p_.operation[i];
        if (operation >= 0) {
            const int32_t block = p_.sum_block[operation];
            for (int32_t j = p_.block_element_begin[block]; j < p_.block_element_begin[block + 1];
                 j++) {
                sum_level[(size_t)operation] = std::max(sum_level[(size_t)operation],
                                                        element_level[(size_t)p_.block_element[j]]);
            }
            continue;
        }
        const Element &element = operands_.element(~operation);
        for (int32_t j = 0; j < element.tiles; j++) {
            const int32_t sum = p_.tile_sum[p_.element_tile[element.tile_begin + j]];
            element_level[(size_t)~operation] =
                    std::max(element_level[(size_t)~operation], sum_level[(size_t)sum] + 1);
        }
        levels = std::max(levels, element_level[(size_t)~operation]);
    }
    fits_.resize((size_t)p_.elements);
    for (int32_t e = 0; e < p_.elements; e++) {
        fits_[(size_t)e] = fits(e);
    }
    std::vector<std::vector<int32_t>> elements_of((size_t)levels + 1);
    for (int32_t e = 0; e < p_.elements; e++) {
        elements_of[(size_t)element_level[(size_t)e]].push_back(e);
    }
    std::vector<std::vector<int32_t>> sums_of((size_t)levels + 1);
    for (int32_t s = 0; s < p_.sums; s++) {
        const int32_t block = p_.sum_block[s];
        if (block != p_.root && parents_of(p_, block) != 1 && sum_level[(size_t)s] < levels) {
            sums_of[(size_t)sum_level[(size_t)s] + 1].push_back(s);
        }
    }
    for (int32_t level = 1; level <= levels; level++) {
        BackwardLevel range = {};
        range.chain = -1;
        range.gather_begin = (int32_t)s_.gathers.size();
        gather(sums_of[(size_t)level]);
        range.gather_end = (int32_t)s_.gathers.size();
        range.element_begin = (int32_t)s_.elements.size();
        launch(elements_of[(size_t)level]);
        range.element_end = (int32_t)s_.elements.size();
        s_.levels.push_back(range);
    }
}

bool Levels::fits(int32_t e) const {
    const Element &element = operands_.element(e);
    bool fits = operands_.element_fits(e);
    for (int32_t i = 0; i < element.tiles && fits; i++) {
        fits = operands_.tile_fits(p_.element_tile[element.tile_begin + i]);
    }
    return fits;
}

void Levels::gather(const std::vector<int32_t> &sums) {
    if (sums.empty()) {
        return;
    }
    GatherLaunch launch = {(int32_t)gathered_.size(), 0, 0, 1};
    for (int32_t s : sums) {
        const int32_t block = p_.sum_block[s];
        gathered_.push_back({p_.block_value[block], block, p_.block_nodes[block],
                             p_.block_element_begin[block], parents_of(p_, block)});
        launch.nodes = std::max(launch.nodes, p_.block_nodes[block]);
        bool fours = p_.block_nodes[block] % 4 == 0 && p_.block_value[block] % 4 == 0;
        for (int32_t i = p_.block_element_begin[block]; i < p_.block_element_begin[block + 1];
             i++) {
            fours = fours && p_.element_flow[p_.block_element[i]] % 4 == 0;
        }
        launch.fours = launch.fours && fours;
    }
    launch.end = (int32_t)gathered_.size();
    s_.gathers.push_back(launch);
}

void Levels::launch(std::vector<int32_t> &elements) {
    std::stable_sort(elements.begin(), elements.end(), [&](int32_t a, int32_t b) {
        const bool fits_a = fits_[(size_t)a];
        const bool fits_b = fits_[(size_t)b];
        return fits_a != fits_b ? fits_a : p_.element_nodes[a] < p_.element_nodes[b];
    });
    for (size_t i = 0; i < elements.size(); i++) {
        const int32_t e = elements[i];
        const int32_t place = (int32_t)backward_.size();
        if (i == 0 || s_.elements.back().nodes != p_.element_nodes[e]
            || s_.elements.back().matrix != fits_[(size_t)e]) {
            s_.elements.push_back({place, place, p_.element_nodes[e], fits_[(size_t)e], 0, 1, 0});
        }
        backward_.push_back(e);
        ElementLaunch &launch = s_.elements.back();
        launch.end = place + 1;
        const Element &element = operands_.element(e);
        launch.most_tiles = std::max(launch.most_tiles, element.tiles);
        for (int32_t j = 0; j < element.tiles; j++) {
            const int32_t nodes = operands_.tile(p_.element_tile[element.tile_begin + j]).sum_nodes;
            launch.parents_alike = launch.parents_alike
                                   && (launch.parent_nodes == 0 || launch.parent_nodes == nodes);
            launch.parent_nodes = std::max(launch.parent_nodes, nodes);
        }
    }
}

/* Chains of levels for the matrix units in which no gradients are gathered. */
void Levels::chains() {
    std::vector<int32_t> place((size_t)p_.elements, -1);
    for (size_t first = 0; first < s_.levels.size();) {
        BackwardLevel &level = s_.levels[first];
        const int32_t size = level.element_begin < level.element_end
                                     ? size_class(s_.elements[(size_t)level.element_begin].nodes)
                                     : 0;
        size_t end = first;
        while (end < s_.levels.size() && can_chain(s_.levels[end], size)) {
            end++;
        }
        if (end - first < 2) {
            first = std::max(end, first + 1);
            continue;
        }
        ChainLaunch chain = {chains_.items(), 0, 0, (int32_t)(end - first), 0, 0, 0};
        for (size_t l = first; l < end; l++) {
            const BackwardLevel &part = s_.levels[l];
            chain.widest =
                    std::max(chain.widest, s_.elements[(size_t)(part.element_end - 1)].end
                                                   - s_.elements[(size_t)part.element_begin].first);
        }
        const int32_t begin = s_.elements[(size_t)level.element_begin].first;
        const int32_t stop = s_.elements[(size_t)(s_.levels[end - 1].element_end - 1)].end;
        for (int32_t i = begin; i < stop; i++) {
            const int32_t e = backward_[(size_t)i];
            const Element &element = operands_.element(e);
            place[(size_t)e] = i - begin;
            chain.nodes = std::max(chain.nodes, element.nodes);
            std::vector<int32_t> waits;
            for (int32_t t = 0; t < element.tiles; t++) {
                const int32_t block =
                        operands_.tile(p_.element_tile[element.tile_begin + t]).sum_block;
                if (!gets_its_gradient_directly(p_, block)) {
                    continue;
                }
                const int32_t from = p_.block_element[p_.block_element_begin[block]];
                if (place[(size_t)from] >= 0) {
                    waits.push_back(place[(size_t)from]);
                }
            }
            chains_.add({e, element.nodes, 0, 0, 0, 0, 0}, waits);
        }
        for (int32_t i = begin; i < stop; i++) {
            place[(size_t)backward_[(size_t)i]] = -1; /* the next chain starts anew */
        }
        level.chain = chains_.finish(chain, [&](int32_t i) {
            const int32_t e = backward_[(size_t)(begin + i)];
            return std::vector<int32_t>(p_.element_tile + p_.element_tile_begin[e],
                                        p_.element_tile + p_.element_tile_begin[e + 1]);
        });
        first = end;
    }
}

/* Whether a level can be part of a chain whose elements have this size. */
bool Levels::can_chain(const BackwardLevel &level, int32_t size) const {
    bool chains = level.gather_begin == level.gather_end;
    for (int32_t i = level.element_begin; i < level.element_end && chains; i++) {
        const ElementLaunch &launch = s_.elements[(size_t)i];
        chains = launch.matrix && launch.nodes <= MATRIX_NODES && size_class(launch.nodes) == size;
    }
    return chains;
}
