/*
 * Launches of the forward pass: sums layer by layer, products that are formed before them, chains.
 */
#include "launch_parts.h"

#include <algorithm>
#include <numeric>

#include "../common/long_product.h"

Sums::Sums(const sluice_plan &plan, const Operands &operands, Chains &chains, LaunchList &launches)
    : p_(plan), operands_(operands), chains_(chains), s_(launches) {
    list_launches();
    this->chains();
}

void Sums::add_to(PlanWriter &writer, DevicePlan &c) const { c.formed = writer.add(formed_); }

/* One launch for each run of a partition in which the matrix units fit all or none. */
void Sums::list_launches() {
    is_formed_.resize((size_t)p_.elements);
    for (int32_t i = 0; i < p_.partitions; i++) {
        if (i == 0 || p_.partition_layer[i] != p_.partition_layer[i - 1]) {
            int32_t end = i;
            while (end < p_.partitions && p_.partition_layer[end] == p_.partition_layer[i]) {
                end++;
            }
            products(i, end);
        }
        int32_t first = p_.partition_sum_begin[i];
        while (first < p_.partition_sum_begin[i + 1]) {
            SumLaunch launch = {first,
                                first,
                                p_.block_nodes[p_.sum_block[first]],
                                p_.sum_tile_begin[first],
                                tiles_of(first),
                                tiles_of(first),
                                children_of(first),
                                fits(first),
                                reads_stored(first),
                                -1};
            while (launch.end < p_.partition_sum_begin[i + 1]
                   && fits(launch.end) == (launch.matrix != 0)
                   && reads_stored(launch.end) == (launch.stored != 0)) {
                launch.most_tiles = std::max(launch.most_tiles, tiles_of(launch.end));
                if (tiles_of(launch.end) != launch.tiles) {
                    launch.tiles = -1;
                }
                if (children_of(launch.end) != launch.children) {
                    launch.children = 0;
                }
                launch.end++;
            }
            s_.sums.push_back(launch);
            first = launch.end;
        }
    }
}

/* Elements that are formed before the sums of a layer, which are the first to read them. */
void Sums::products(int32_t partition_begin, int32_t partition_end) {
    std::vector<int32_t> formed[2]; /* small ones, long ones */
    for (int32_t s = p_.partition_sum_begin[partition_begin];
         s < p_.partition_sum_begin[partition_end]; s++) {
        for (int32_t t = p_.sum_tile_begin[s]; t < p_.sum_tile_begin[s + 1]; t++) {
            const int32_t e = p_.tile_element[t];
            if (operands_.is_formed_before(e) && !is_formed_[(size_t)e]) {
                is_formed_[(size_t)e] = 1;
                formed[is_long_product(&p_, e)].push_back(e);
            }
        }
    }
    for (int32_t is_long : {1, 0}) {
        const std::vector<int32_t> &elements = formed[is_long];
        if (elements.empty()) {
            continue;
        }
        const int32_t first = (int32_t)formed_.size();
        formed_.insert(formed_.end(), elements.begin(), elements.end());
        ProductLaunch launch = {first, (int32_t)formed_.size(), (int32_t)s_.sums.size(), is_long, 1,
                                0};
        for (int32_t e : elements) {
            const Element &element = operands_.element(e);
            launch.fours = launch.fours && operands_.has_groups_of_four(element);
            launch.nodes = std::max(launch.nodes, element.nodes);
        }
        s_.products.push_back(launch);
    }
}

/* Whether the element of each tile of a sum is one stored factor. */
bool Sums::reads_stored(int32_t s) const {
    bool stored = true;
    for (int32_t t = p_.sum_tile_begin[s]; t < p_.sum_tile_begin[s + 1]; t++) {
        stored = stored && operands_.tile(t).factors == 1 && operands_.tile(t).tables == 0;
    }
    return stored;
}

bool Sums::fits(int32_t s) const {
    if (p_.block_nodes[p_.sum_block[s]] > MATRIX_NODES) {
        return false;
    }
    for (int32_t t = p_.sum_tile_begin[s]; t < p_.sum_tile_begin[s + 1]; t++) {
        if (!operands_.tile_fits(t) || !operands_.element_fits(p_.tile_element[t])) {
            return false;
        }
    }
    return true;
}

/* Nodes of the elements of a sum; 0 where they differ. */
int32_t Sums::children_of(int32_t s) const {
    const int32_t begin = p_.sum_tile_begin[s];
    const int32_t children = operands_.tile(begin).children;
    for (int32_t t = begin; t < p_.sum_tile_begin[s + 1]; t++) {
        if (operands_.tile(t).children != children) {
            return 0;
        }
    }
    return children;
}

/* Chains: runs of sum launches for the matrix units with no other launch between them. */
void Sums::chains() {
    std::vector<int32_t> sum_of_block((size_t)p_.blocks, -1);
    for (int32_t s = 0; s < p_.sums; s++) {
        sum_of_block[(size_t)p_.sum_block[s]] = s;
    }
    std::vector<int32_t> layer_of((size_t)p_.sums);
    for (int32_t i = 0; i < p_.partitions; i++) {
        for (int32_t s = p_.partition_sum_begin[i]; s < p_.partition_sum_begin[i + 1]; s++) {
            layer_of[(size_t)s] = p_.partition_layer[i];
        }
    }
    std::vector<int32_t> place((size_t)p_.sums, -1);
    for (size_t first = 0; first < s_.sums.size();) {
        size_t end = first;
        while (extends_chain(first, end)) {
            end++;
        }
        const int32_t first_sum = s_.sums[first].first;
        if (end - first < 2
            || layer_of[(size_t)first_sum] == layer_of[(size_t)s_.sums[end - 1].first]) {
            first = std::max(end, first + 1);
            continue;
        }
        ChainLaunch chain = {chains_.items(), 0, 0, 0, 0, (int32_t)(end - first), 0};
        int32_t layer_begin = first_sum;
        const int32_t end_sum = s_.sums[end - 1].end;
        for (int32_t s = first_sum; s < end_sum; s++) {
            place[(size_t)s] = s - first_sum;
            if (s == first_sum || layer_of[(size_t)s] != layer_of[(size_t)(s - 1)]) {
                chain.layers++;
                layer_begin = s;
            }
            chain.widest = std::max(chain.widest, s + 1 - layer_begin);
            chain.nodes = std::max(chain.nodes, p_.block_nodes[p_.sum_block[s]]);
            std::vector<int32_t> waits;
            for (int32_t t = p_.sum_tile_begin[s]; t < p_.sum_tile_begin[s + 1]; t++) {
                const Element &element = operands_.element(p_.tile_element[t]);
                for (int32_t f = 0; f < element.factors; f++) {
                    const Factor &factor = operands_.factor(element.factor_begin + f);
                    const int32_t child = sum_of_block[(size_t)factor.block];
                    if (child >= first_sum) {
                        waits.push_back(place[(size_t)child]);
                    }
                }
            }
            chains_.add({0, p_.block_nodes[p_.sum_block[s]], p_.sum_tile_begin[s], tiles_of(s),
                         children_of(s), 0, 0},
                        waits);
        }
        s_.sums[first].chain = chains_.finish(chain, [&](int32_t i) {
            std::vector<int32_t> tiles((size_t)tiles_of(first_sum + i));
            std::iota(tiles.begin(), tiles.end(), p_.sum_tile_begin[first_sum + i]);
            return tiles;
        });
        first = end;
    }
}

bool Sums::extends_chain(size_t first, size_t next) const {
    const auto formed_before = [&](size_t launch) {
        return std::any_of(
                s_.products.begin(), s_.products.end(),
                [&](const ProductLaunch &product) { return product.before == (int32_t)launch; });
    };
    return next < s_.sums.size() && s_.sums[next].matrix
           && size_class(s_.sums[next].nodes) == size_class(s_.sums[first].nodes)
           && (next == first || !formed_before(next));
}
