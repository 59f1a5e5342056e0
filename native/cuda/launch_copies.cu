/* The ranges of parameters that have bfloat16 copies, and the offsets of these. */
#include "launch_parts.h"

#include <algorithm>
#include <utility>

Copies::Copies(const sluice_plan &plan, LaunchList &launches) : p_(plan), s_(launches) {
    lay_out();
}

/*
 * Rows of large tables are read as float32: a batch uses few of them, and copies of all would take
 * a tenth of the memory of a model with a large vocabulary.
 */
bool Copies::has(int32_t table) const {
    return !(is_large(p_, table) && p_.table_kind[table] == SLUICE_FINITE);
}

/* The ranges of parameters that have copies: all between those that have none. */
void Copies::lay_out() {
    std::vector<std::pair<int64_t, int64_t>> without;
    int64_t end = 0;
    for (int32_t t = 0; t < p_.tables; t++) {
        const int64_t first = p_.table_parameter[t];
        const int64_t rows = p_.table_kind[t] == SLUICE_GAUSSIAN ? 2 : p_.table_categories[t];
        const int64_t count = rows * p_.table_nodes[t];
        end = std::max(end, first + count);
        if (!has(t)) {
            without.emplace_back(first, count);
        }
    }
    for (int32_t t = 0; t < p_.tiles; t++) {
        const int64_t weights = (int64_t)p_.block_nodes[p_.sum_block[p_.tile_sum[t]]]
                                * p_.element_nodes[p_.tile_element[t]];
        end = std::max(end, p_.tile_parameter[t] + weights);
    }
    std::sort(without.begin(), without.end());
    without.emplace_back(end, 0);
    int64_t next = 0;
    for (const auto &range : without) {
        if (range.first > next) {
            /* As well aligned as the parameters themselves. */
            s_.copies = (s_.copies + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT + next % ALIGNMENT;
            s_.copied.push_back({next, s_.copies, range.first - next});
            s_.copies += range.first - next;
        }
        next = range.first + range.second;
    }
}

int64_t Copies::of(int64_t parameter) const {
    const auto after = std::upper_bound(
            s_.copied.begin(), s_.copied.end(), parameter,
            [](int64_t wanted, const ParameterRange &range) { return wanted < range.parameter; });
    const ParameterRange &range = *(after - 1);
    return range.copy + parameter - range.parameter;
}
