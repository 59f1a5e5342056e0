/*
 * Chains: dependencies of their items, whether all layers have the same weights, and their
 * launches.
 */
#include "launch_parts.h"

#include <algorithm>

#include "layout.cuh"

void Chains::add(ChainItem item, std::vector<int32_t> &waits) {
    std::sort(waits.begin(), waits.end());
    waits.erase(std::unique(waits.begin(), waits.end()), waits.end());
    item.wait_begin = (int32_t)wait_.size();
    item.waits = (int32_t)waits.size();
    item_.push_back(item);
    wait_.insert(wait_.end(), waits.begin(), waits.end());
}

int32_t Chains::finish(ChainLaunch chain,
                       const std::function<std::vector<int32_t>(int32_t)> &tiles) {
    chain.end = (int32_t)item_.size();
    const int32_t items = chain.end - chain.first;
    chain.period = items % chain.layers == 0 ? items / chain.layers : 0;
    for (int32_t i = chain.period; i < items && chain.period > 0; i++) {
        const ChainItem &item = item_[(size_t)(chain.first + i)];
        if (item.waits > 0
            && wait_[(size_t)(item.wait_begin + item.waits - 1)]
                       >= i / chain.period * chain.period) {
            chain.period = 0; /* it waits for one of its own layer */
            break;
        }
        const std::vector<int32_t> mine = tiles(i);
        const std::vector<int32_t> other = tiles(i - chain.period);
        if (!std::equal(mine.begin(), mine.end(), other.begin(), other.end(),
                        [&](int32_t a, int32_t b) {
                            return operands_.tile(a).copy == operands_.tile(b).copy;
                        })) {
            chain.period = 0;
        }
    }
    s_.chain_items = std::max(s_.chain_items, chain.end - chain.first);
    s_.chains.push_back(chain);
    return (int32_t)s_.chains.size() - 1;
}

void Chains::add_to(PlanWriter &writer, DevicePlan &c) const {
    c.chain_item = writer.add(item_);
    c.chain_wait = writer.add(wait_);
}

cudaError_t reset_chain(const DevicePlan &c, const ChainLaunch &chain, int32_t row_strips,
                        cudaStream_t stream) {
    const int64_t items = chain.end - chain.first;
    return cudaMemsetAsync(
            c.chain_state, 0,
            (size_t)(CHAIN_TICKET_SPACE + items * row_strips) * sizeof *c.chain_state, stream);
}

bool few_rows_suit(const LaunchList &launches, const ChainLaunch &chain, int32_t row_strips) {
    return (int64_t)(chain.end - chain.first) * row_strips / chain.layers
           <= 2 * launches.processors;
}

bool chain_suits_at_once(const LaunchList &launches, const ChainLaunch &chain, int32_t count) {
    return chain.nodes > SMALL_NODES
           && (int64_t)chain.widest * ceiling_of(count, FEWEST_ROWS) <= launches.processors;
}

unsigned at_once_blocks(const LaunchList &launches, const ChainLaunch &chain, int32_t row_strips) {
    return chain.period > 0
                   ? (unsigned)chain.period * row_strips
                   : (unsigned)std::min<int64_t>((int64_t)(chain.end - chain.first) * row_strips,
                                                 launches.processors);
}
