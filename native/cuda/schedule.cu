#include "schedule.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <tuple>

#include "../common/long_product.h"
#include "layout.cuh"

namespace {

enum {
    ALIGNMENT = 256,
    MATRIX_STEP = 16,    /* nodes that the matrix units take at a time */
    MATRIX_NODES = 128,  /* most nodes of a sum block that one thread block normalises */
    VECTOR = 8,          /* bfloat16 numbers of a 16-byte access */
    BUSY_BLOCKS = 256,   /* thread blocks that keep a large device busy */
    MOST_SLICES = 12,
    SMALL_NODES = 32,    /* of an element that several sums read: it is formed once */
    WIDE_LAYERS = 32,    /* sums: a launch for each such layer costs little */
    SMALL_CATEGORIES = 1024 /* tables up to this size have their histograms in shared memory */
};

int64_t aligned(int64_t bytes) { return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; }

/* Appends arrays to the image; a pointer is its offset until the image has an address. */
class Image {
  public:
    explicit Image(std::vector<char> &bytes) : bytes_(bytes) {}

    template <typename T> const T *add(const T *items, int64_t count) {
        const int64_t offset = (int64_t)bytes_.size();
        bytes_.resize((size_t)(offset + aligned(count * (int64_t)sizeof(T))));
        if (count > 0) {
            memcpy(bytes_.data() + offset, items, (size_t)count * sizeof(T));
        }
        return (const T *)offset;
    }

    template <typename T> const T *add(const std::vector<T> &items) {
        return add(items.data(), (int64_t)items.size());
    }

  private:
    std::vector<char> &bytes_;
};

int32_t parents_of(const sluice_plan &p, int32_t block) {
    return p.block_element_begin[block + 1] - p.block_element_begin[block];
}

bool is_large(const sluice_plan &p, int32_t table) {
    return p.table_family[table] != SLUICE_GAUSSIAN
           && p.table_categories[table] > SMALL_CATEGORIES;
}

/*
 * Rows of large tables are read as they are: few of them are used in a batch, and copies of all
 * would take a tenth of the memory of a model with a large vocabulary.
 */
bool has_copies(const sluice_plan &p, int32_t table) {
    return !(is_large(p, table) && p.table_family[table] == SLUICE_FINITE);
}

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

bool gets_its_gradient_directly(const sluice_plan &p, int32_t block) {
    return p.block_input[block] < 0 && parents_of(p, block) == 1;
}

bool vector_aligned(int64_t offset) { return offset % VECTOR == 0; }

class Builder {
  public:
    Builder(const sluice_plan &plan, Schedule &schedule) : p_(plan), s_(schedule) {}

    void build() {
        Image image(s_.image);
        Circuit &c = s_.offsets;
        memset(&c, 0, sizeof c);
        copies();
        factors();
        elements();
        mean_layer_ = mean_layer();
        tiles();
        c.tile = image.add(tile_);
        c.sum_tile_begin = image.add(p_.sum_tile_begin, p_.sums + 1);
        c.factor = image.add(factor_);
        c.element = image.add(element_);
        c.element_tile = image.add(p_.element_tile, p_.element_tile_begin[p_.elements]);
        sums();
        sum_chains();
        backward();
        element_chains();
        c.chain_item = image.add(chain_item_);
        c.chain_wait = image.add(chain_wait_);
        c.backward = image.add(backward_);
        c.gathered = image.add(gathered_);
        inputs();
        c.input = image.add(input_);
        c.stored_input = image.add(stored_);
        c.formed = image.add(formed_);
        tables();
        c.table = image.add(table_);
        c.table_order = image.add(table_order_);
        c.table_input = image.add(table_input_);
        c.row_input = image.add(row_input_);
        c.table_variable = image.add(table_variable_);
        c.served = image.add(served_);
        weights();
        slices();
        c.weight = image.add(weight_);
        c.weight_tile = image.add(p_.weight_tile, p_.weight_tile_begin[p_.weights]);
        c.group = image.add(group_);
        c.row_group = image.add(row_group_);
        c.block_element = image.add(p_.block_element, p_.block_element_begin[p_.blocks]);
        c.block_first = image.add(p_.block_first, p_.blocks);
        c.variable_input_begin = image.add(p_.variable_input_begin, p_.variables + 1);
        c.variable_input =
                image.add(p_.variable_input, p_.variable_input_begin[p_.variables]);
        c.variable_family = image.add(p_.variable_family, p_.variables);
        sizes(c);
    }

  private:
    void sizes(Circuit &c) const {
        c.variables = p_.variables;
        c.blocks = p_.blocks;
        c.elements = p_.elements;
        c.sums = p_.sums;
        c.inputs = p_.inputs;
        c.tables = p_.tables;
        c.weights = p_.weights;
        c.root = p_.root;
        c.root_value_first = p_.block_value[p_.root];
        c.flow_nodes = p_.flow_nodes;
        c.block_nodes_total = p_.block_nodes_total;
    }

    /* The ranges of parameters that have copies: what lies between those that have none. */
    void copies() {
        std::vector<std::pair<int64_t, int64_t>> without;
        int64_t end = 0;
        for (int32_t t = 0; t < p_.tables; t++) {
            const int64_t first = p_.table_parameter[t];
            const int64_t rows =
                    p_.table_family[t] == SLUICE_GAUSSIAN ? 2 : p_.table_categories[t];
            const int64_t count = rows * p_.table_nodes[t];
            end = std::max(end, first + count);
            if (!has_copies(p_, t)) {
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

    int64_t copy_of(int64_t parameter) const {
        const auto after = std::upper_bound(
                s_.copied.begin(), s_.copied.end(), parameter,
                [](int64_t wanted, const ParameterRange &range) { return wanted < range.parameter; });
        const ParameterRange &range = *(after - 1);
        return range.copy + parameter - range.parameter;
    }

    void factors() {
        const int32_t count = p_.element_factor_begin[p_.elements];
        factor_.reserve((size_t)count);
        for (int32_t i = 0; i < count; i++) {
            Factor factor = factor_of(p_, p_.element_factor[i]);
            if (factor.variable >= 0 && has_copies(p_, p_.input_table[p_.block_input[factor.block]])) {
                factor.copy = copy_of(factor.offset);
            }
            factor_.push_back(factor);
        }
    }

    /* Whether 16-byte accesses and whole matrix steps cover the element. */
    bool element_fits(int32_t e) const {
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

    /* The same of a tile, without its element. */
    bool tile_fits(int32_t t) const {
        const int32_t block = p_.sum_block[p_.tile_sum[t]];
        return p_.block_nodes[block] % MATRIX_STEP == 0 && vector_aligned(p_.block_value[block])
               && vector_aligned(p_.tile_parameter[t]);
    }

    void elements() {
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
            fits_[(size_t)e] = element_fits(e);
        }
    }

    void tiles() {
        tile_.resize((size_t)p_.tiles);
        for (int32_t t = 0; t < p_.tiles; t++) {
            Tile &tile = tile_[(size_t)t];
            tile = {};
            const int32_t e = p_.tile_element[t];
            const Element &element = element_[(size_t)e];
            tile.parameter = p_.tile_parameter[t];
            tile.copy = copy_of(tile.parameter);
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

    bool has_groups_of_four(const Element &element) const {
        bool fours = element.nodes % 4 == 0 && element.flow % 4 == 0;
        for (int32_t f = 0; f < element.factors && fours; f++) {
            const Factor &factor = factor_[(size_t)(element.factor_begin + f)];
            fours = factor.offset % 4 == 0 && factor.stride % 4 == 0;
        }
        return fours;
    }

    /* Sums of a layer, on average. */
    int32_t mean_layer() const {
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
    bool is_small_product(int32_t e) const {
        const Element &element = element_[(size_t)e];
        return element.factors > 1 && element.nodes <= SMALL_NODES && has_groups_of_four(element)
               && mean_layer_ >= WIDE_LAYERS && !is_long_product(&p_, e);
    }

    bool is_formed_before(int32_t e) const {
        return is_long_product(&p_, e) || is_small_product(e);
    }

    /* Elements that are formed before the sums of a layer, which are the first to read them. */
    void products(int32_t partition_begin, int32_t partition_end) {
        std::vector<int32_t> formed[2]; /* small ones, long ones */
        for (int32_t s = p_.partition_sum_begin[partition_begin];
             s < p_.partition_sum_begin[partition_end]; s++) {
            for (int32_t t = p_.sum_tile_begin[s]; t < p_.sum_tile_begin[s + 1]; t++) {
                const int32_t e = p_.tile_element[t];
                if (is_formed_before(e) && !is_formed_[(size_t)e]) {
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
            ProductLaunch launch = {first, (int32_t)formed_.size(), (int32_t)s_.sums.size(),
                                    is_long, 1, 0};
            for (int32_t e : elements) {
                const Element &element = element_[(size_t)e];
                launch.fours = launch.fours && has_groups_of_four(element);
                launch.nodes = std::max(launch.nodes, element.nodes);
            }
            s_.products.push_back(launch);
        }
    }

    /* Whether each tile of a sum reads one stored factor. */
    bool reads_stored(int32_t s) const {
        bool stored = true;
        for (int32_t t = p_.sum_tile_begin[s]; t < p_.sum_tile_begin[s + 1]; t++) {
            stored = stored && tile_[(size_t)t].factors == 1 && tile_[(size_t)t].tables == 0;
        }
        return stored;
    }

    bool sum_fits(int32_t s) const {
        if (p_.block_nodes[p_.sum_block[s]] > MATRIX_NODES) {
            return false;
        }
        for (int32_t t = p_.sum_tile_begin[s]; t < p_.sum_tile_begin[s + 1]; t++) {
            if (!tile_fits(t) || !fits_[(size_t)p_.tile_element[t]]) {
                return false;
            }
        }
        return true;
    }

    int32_t tiles_of(int32_t s) const { return p_.sum_tile_begin[s + 1] - p_.sum_tile_begin[s]; }

    /* Nodes of each tile's element; 0 where they differ. */
    int32_t children_of(int32_t s) const {
        const int32_t begin = p_.sum_tile_begin[s];
        const int32_t children = tile_[(size_t)begin].children;
        for (int32_t t = begin; t < p_.sum_tile_begin[s + 1]; t++) {
            if (tile_[(size_t)t].children != children) {
                return 0;
            }
        }
        return children;
    }

    /* One launch for each run of a partition in which the matrix units fit all or none. */
    void sums() {
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
                SumLaunch launch = {first, first, p_.block_nodes[p_.sum_block[first]],
                                    p_.sum_tile_begin[first], tiles_of(first), tiles_of(first),
                                    children_of(first), sum_fits(first), reads_stored(first), -1};
                while (launch.end < p_.partition_sum_begin[i + 1]
                       && sum_fits(launch.end) == (launch.matrix != 0)
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

    /* The thread blocks of a chain are shaped for one class of sizes. */
    static int32_t size_class(int32_t nodes) {
        return nodes > 64 ? 128 : nodes > 32 ? 64 : nodes > 16 ? 32 : 16;
    }

    bool extends_sum_chain(size_t first, size_t next) const {
        const auto formed_before = [&](size_t launch) {
            return std::any_of(s_.products.begin(), s_.products.end(),
                               [&](const ProductLaunch &product) {
                                   return product.before == (int32_t)launch;
                               });
        };
        return next < s_.sums.size() && s_.sums[next].matrix
               && size_class(s_.sums[next].nodes) == size_class(s_.sums[first].nodes)
               && (next == first || !formed_before(next));
    }

    /* Chains of launches of sums for the matrix units, with nothing between them. */
    void sum_chains() {
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
            while (extends_sum_chain(first, end)) {
                end++;
            }
            const int32_t first_sum = s_.sums[first].first;
            if (end - first < 2 || layer_of[(size_t)first_sum]
                                           == layer_of[(size_t)s_.sums[end - 1].first]) {
                first = std::max(end, first + 1);
                continue;
            }
            ChainLaunch chain = {(int32_t)chain_item_.size(), 0, 0, 0, (int32_t)(end - first), 0};
            const int32_t end_sum = s_.sums[end - 1].end;
            for (int32_t s = first_sum; s < end_sum; s++) {
                place[(size_t)s] = s - first_sum;
                chain.layers += s == first_sum
                                || layer_of[(size_t)s] != layer_of[(size_t)(s - 1)];
                chain.nodes = std::max(chain.nodes, p_.block_nodes[p_.sum_block[s]]);
                std::vector<int32_t> waits;
                for (int32_t t = p_.sum_tile_begin[s]; t < p_.sum_tile_begin[s + 1]; t++) {
                    const Element &element = element_[(size_t)p_.tile_element[t]];
                    for (int32_t f = 0; f < element.factors; f++) {
                        const int32_t child =
                                sum_of_block[(size_t)factor_[(size_t)(element.factor_begin + f)]
                                                     .block];
                        if (child >= first_sum) {
                            waits.push_back(place[(size_t)child]);
                        }
                    }
                }
                chain_item({0, p_.block_nodes[p_.sum_block[s]], p_.sum_tile_begin[s], tiles_of(s),
                            children_of(s), 0, 0},
                           waits);
            }
            finish_chain(chain, [&](int32_t i) {
                std::vector<int32_t> tiles((size_t)tiles_of(first_sum + i));
                std::iota(tiles.begin(), tiles.end(), p_.sum_tile_begin[first_sum + i]);
                return tiles;
            });
            s_.sums[first].chain = (int32_t)s_.chains.size() - 1;
            first = end;
        }
    }

    void chain_item(ChainItem item, std::vector<int32_t> &waits) {
        std::sort(waits.begin(), waits.end());
        waits.erase(std::unique(waits.begin(), waits.end()), waits.end());
        item.wait_begin = (int32_t)chain_wait_.size();
        item.waits = (int32_t)waits.size();
        chain_item_.push_back(item);
        chain_wait_.insert(chain_wait_.end(), waits.begin(), waits.end());
    }

    /* weights(i): tiles of the chain's item i. */
    template <typename Weights> void finish_chain(ChainLaunch &chain, Weights weights) {
        chain.end = (int32_t)chain_item_.size();
        const int32_t items = chain.end - chain.first;
        chain.period = items % chain.layers == 0 ? items / chain.layers : 0;
        for (int32_t i = chain.period; i < items && chain.period > 0; i++) {
            const ChainItem &item = chain_item_[(size_t)(chain.first + i)];
            if (item.waits > 0
                && chain_wait_[(size_t)(item.wait_begin + item.waits - 1)]
                           >= i / chain.period * chain.period) {
                chain.period = 0; /* it waits for one of its own layer */
                break;
            }
            const std::vector<int32_t> mine = weights(i);
            const std::vector<int32_t> other = weights(i - chain.period);
            if (!std::equal(mine.begin(), mine.end(), other.begin(), other.end(),
                            [&](int32_t a, int32_t b) {
                                return tile_[(size_t)a].copy == tile_[(size_t)b].copy;
                            })) {
                chain.period = 0;
            }
        }
        s_.chain_items = std::max(s_.chain_items, chain.end - chain.first);
        s_.chains.push_back(chain);
    }

    /* Whether a level can be part of a chain whose elements have this size. */
    bool level_chains(const BackwardLevel &level, int32_t size) const {
        bool chains = level.gather_begin == level.gather_end;
        for (int32_t i = level.element_begin; i < level.element_end && chains; i++) {
            const ElementLaunch &launch = s_.elements[(size_t)i];
            chains = launch.matrix && launch.nodes <= MATRIX_NODES
                     && size_class(launch.nodes) == size;
        }
        return chains;
    }

    /* Chains of levels for the matrix units in which no gradients are gathered. */
    void element_chains() {
        std::vector<int32_t> place((size_t)p_.elements, -1);
        for (size_t first = 0; first < s_.levels.size();) {
            BackwardLevel &level = s_.levels[first];
            const int32_t size =
                    level.element_begin < level.element_end
                            ? size_class(s_.elements[(size_t)level.element_begin].nodes)
                            : 0;
            size_t end = first;
            while (end < s_.levels.size() && level_chains(s_.levels[end], size)) {
                end++;
            }
            if (end - first < 2) {
                first = std::max(end, first + 1);
                continue;
            }
            ChainLaunch chain = {(int32_t)chain_item_.size(), 0, 0, (int32_t)(end - first), 0, 0};
            const int32_t begin = s_.elements[(size_t)level.element_begin].first;
            const int32_t stop =
                    s_.elements[(size_t)(s_.levels[end - 1].element_end - 1)].end;
            for (int32_t i = begin; i < stop; i++) {
                const int32_t e = backward_[(size_t)i];
                const Element &element = element_[(size_t)e];
                place[(size_t)e] = i - begin;
                chain.nodes = std::max(chain.nodes, element.nodes);
                std::vector<int32_t> waits;
                for (int32_t t = 0; t < element.tiles; t++) {
                    const int32_t block =
                            tile_[(size_t)p_.element_tile[element.tile_begin + t]].sum_block;
                    if (!gets_its_gradient_directly(p_, block)) {
                        continue;
                    }
                    const int32_t from = p_.block_element[p_.block_element_begin[block]];
                    if (place[(size_t)from] >= 0) {
                        waits.push_back(place[(size_t)from]);
                    }
                }
                chain_item({e, element.nodes, 0, 0, 0, 0, 0}, waits);
            }
            for (int32_t i = begin; i < stop; i++) {
                place[(size_t)backward_[(size_t)i]] = -1; /* the next chain starts anew */
            }
            finish_chain(chain, [&](int32_t i) {
                const int32_t e = backward_[(size_t)(begin + i)];
                return std::vector<int32_t>(p_.element_tile + p_.element_tile_begin[e],
                                            p_.element_tile + p_.element_tile_begin[e + 1]);
            });
            level.chain = (int32_t)s_.chains.size() - 1;
            first = end;
        }
    }

    bool backward_fits(int32_t e) const {
        const Element &element = element_[(size_t)e];
        bool fits = fits_[(size_t)e];
        for (int32_t i = 0; i < element.tiles && fits; i++) {
            fits = tile_fits(p_.element_tile[element.tile_begin + i]);
        }
        return fits;
    }

    /*
     * Levels of the way back: an element comes one level after the last of the sums that read it,
     * a sum's gradient is known after the last of the elements that contain it.
     */
    void backward() {
        std::vector<int32_t> element_level((size_t)p_.elements, 1);
        std::vector<int32_t> sum_level((size_t)p_.sums, 0);
        int32_t levels = 0;
        for (int32_t i = p_.steps - 1; i >= 0; i--) {
            const int32_t step = p_.step[i];
            if (step >= 0) {
                const int32_t block = p_.sum_block[step];
                for (int32_t j = p_.block_element_begin[block];
                     j < p_.block_element_begin[block + 1]; j++) {
                    sum_level[(size_t)step] =
                            std::max(sum_level[(size_t)step],
                                     element_level[(size_t)p_.block_element[j]]);
                }
                continue;
            }
            const Element &element = element_[(size_t)~step];
            for (int32_t j = 0; j < element.tiles; j++) {
                const int32_t sum = p_.tile_sum[p_.element_tile[element.tile_begin + j]];
                element_level[(size_t)~step] = std::max(element_level[(size_t)~step],
                                                        sum_level[(size_t)sum] + 1);
            }
            levels = std::max(levels, element_level[(size_t)~step]);
        }
        fits_back_.resize((size_t)p_.elements);
        for (int32_t e = 0; e < p_.elements; e++) {
            fits_back_[(size_t)e] = backward_fits(e);
        }
        std::vector<std::vector<int32_t>> elements_of((size_t)levels + 1);
        for (int32_t e = 0; e < p_.elements; e++) {
            elements_of[(size_t)element_level[(size_t)e]].push_back(e);
        }
        std::vector<std::vector<int32_t>> sums_of((size_t)levels + 1);
        for (int32_t s = 0; s < p_.sums; s++) {
            const int32_t block = p_.sum_block[s];
            if (block != p_.root && parents_of(p_, block) != 1
                && sum_level[(size_t)s] < levels) {
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
            launch_elements(elements_of[(size_t)level]);
            range.element_end = (int32_t)s_.elements.size();
            s_.levels.push_back(range);
        }
    }

    void gather(const std::vector<int32_t> &sums) {
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
            for (int32_t i = p_.block_element_begin[block];
                 i < p_.block_element_begin[block + 1]; i++) {
                fours = fours && p_.element_flow[p_.block_element[i]] % 4 == 0;
            }
            launch.fours = launch.fours && fours;
        }
        launch.end = (int32_t)gathered_.size();
        s_.gathers.push_back(launch);
    }

    void launch_elements(std::vector<int32_t> &elements) {
        std::stable_sort(elements.begin(), elements.end(), [&](int32_t a, int32_t b) {
            const bool fits_a = fits_back_[(size_t)a];
            const bool fits_b = fits_back_[(size_t)b];
            return fits_a != fits_b ? fits_a : p_.element_nodes[a] < p_.element_nodes[b];
        });
        for (size_t i = 0; i < elements.size(); i++) {
            const int32_t e = elements[i];
            const int32_t place = (int32_t)backward_.size();
            if (i == 0 || s_.elements.back().nodes != p_.element_nodes[e]
                || s_.elements.back().matrix != fits_back_[(size_t)e]) {
                s_.elements.push_back({place, place, p_.element_nodes[e],
                                       fits_back_[(size_t)e], 0, 1, 0});
            }
            backward_.push_back(e);
            ElementLaunch &launch = s_.elements.back();
            launch.end = place + 1;
            const Element &element = element_[(size_t)e];
            launch.most_tiles = std::max(launch.most_tiles, element.tiles);
            for (int32_t j = 0; j < element.tiles; j++) {
                const int32_t nodes =
                        tile_[(size_t)p_.element_tile[element.tile_begin + j]].sum_nodes;
                launch.parents_alike = launch.parents_alike
                                       && (launch.parent_nodes == 0 || launch.parent_nodes == nodes);
                launch.parent_nodes = std::max(launch.parent_nodes, nodes);
            }
        }
    }

    void inputs() {
        for (int32_t i = 0; i < p_.inputs; i++) {
            Input input = {};
            input.block = p_.input_block[i];
            input.nodes = p_.block_nodes[input.block];
            input.table = p_.input_table[i];
            input.variable = p_.input_variable[i];
            input.first = p_.input_first[i];
            input.parameter = p_.table_parameter[input.table] + input.first;
            input.statistic = p_.table_statistic[input.table] + input.first;
            input.value = p_.block_value[input.block];
            input.element_begin = p_.block_element_begin[input.block];
            input.elements = parents_of(p_, input.block);
            input_.push_back(input);
            if (input.value >= 0) {
                stored_.push_back(i);
            }
        }
        s_.stored_inputs = (int32_t)stored_.size();
    }

    void tables() {
        int64_t fixed = 0;
        int64_t places = 0;
        for (int32_t t = 0; t < p_.tables; t++) {
            Table table = {};
            table.parameter = p_.table_parameter[t];
            table.copy = has_copies(p_, t) ? copy_of(table.parameter) : (int64_t)NO_COPY;
            table.statistic = p_.table_statistic[t];
            table.floor = p_.table_floor[t];
            table.family = p_.table_family[t];
            table.categories = p_.table_categories[t];
            table.nodes = p_.table_nodes[t];
            table.input_begin = (int32_t)table_input_.size();
            table.inputs = p_.table_input_begin[t + 1] - p_.table_input_begin[t];
            table_input_.insert(table_input_.end(), p_.table_input + p_.table_input_begin[t],
                                p_.table_input + p_.table_input_begin[t + 1]);
            std::stable_sort(table_input_.begin() + table.input_begin, table_input_.end(),
                             [&](int32_t a, int32_t b) {
                                 return p_.input_variable[a] < p_.input_variable[b];
                             });
            table.variable_begin = (int32_t)table_variable_.size();
            for (int32_t i = table.input_begin; i < (int32_t)table_input_.size(); i++) {
                const int32_t variable = p_.input_variable[table_input_[(size_t)i]];
                if (i == table.input_begin || table_variable_.back().variable != variable) {
                    table_variable_.push_back({variable, (int32_t)served_.size(), 0});
                }
                const Input &input = input_[(size_t)table_input_[(size_t)i]];
                for (int32_t e = 0; e < input.elements; e++) {
                    const int32_t element = p_.block_element[input.element_begin + e];
                    served_.push_back({p_.element_flow[element], input.first, input.nodes});
                }
                table_variable_.back().served += input.elements;
            }
            table.variables = (int32_t)table_variable_.size() - table.variable_begin;
            table.large = is_large(p_, t);
            if (table.large) {
                const int64_t slices = ceiling_of(table.categories, CATEGORIES_A_SLICE);
                s_.slice_floats = std::max(s_.slice_floats, slices * table.nodes);
                table.sorted_fixed = fixed;
                table.sorted_places = places;
                fixed += table.categories + 1;
                places += table.variables;
            }
            table_.push_back(table);
        }
        launch_tables();
        s_.sorted_fixed = fixed;
        s_.sorted_places = places;
    }

    /* Powers of two: a launch sets aside shared memory for the table that has most categories. */
    static int32_t category_class(const Table &table) {
        int32_t bits = 0;
        while (table.categories >> bits > 1) {
            bits++;
        }
        return bits;
    }

    /* Whether what is read and written for a table lies in groups of four. */
    bool has_groups_of_four(const Table &table) const {
        bool fours = table.statistic % 4 == 0 && table.nodes % 4 == 0;
        for (int32_t i = 0; i < table.inputs && fours; i++) {
            const Input &input = input_[(size_t)table_input_[(size_t)(table.input_begin + i)]];
            fours = input.first % 4 == 0 && input.nodes % 4 == 0;
            for (int32_t e = 0; e < input.elements && fours; e++) {
                fours = p_.element_flow[p_.block_element[input.element_begin + e]] % 4 == 0;
            }
        }
        return fours;
    }

    /* Whether inputs of one variable share the table's columns out, in groups of four. */
    bool goes_by_rows(const Table &table) const {
        if (table.family != SLUICE_FINITE || table.large || table.variables != 1
            || !has_groups_of_four(table)) {
            return false;
        }
        std::vector<int32_t> inputs(table_input_.begin() + table.input_begin,
                                    table_input_.begin() + table.input_begin + table.inputs);
        std::sort(inputs.begin(), inputs.end(), [&](int32_t a, int32_t b) {
            return input_[(size_t)a].first < input_[(size_t)b].first;
        });
        int32_t next = 0;
        for (int32_t i : inputs) {
            const Input &input = input_[(size_t)i];
            if (input.first != next) {
                return false;
            }
            next += input.nodes;
        }
        return next == table.nodes;
    }

    void launch_tables() {
        std::vector<char> by_rows;
        for (const Table &table : table_) by_rows.push_back(goes_by_rows(table));
        table_order_.resize(table_.size());
        std::iota(table_order_.begin(), table_order_.end(), 0);
        const auto key = [&](int32_t t) {
            const Table &table = table_[(size_t)t];
            /* Each large table has a launch of its own. */
            return std::make_tuple(table.family, table.large, category_class(table),
                                   table.large ? t : 0, by_rows[(size_t)t]);
        };
        std::stable_sort(table_order_.begin(), table_order_.end(),
                         [&](int32_t a, int32_t b) { return key(a) < key(b); });
        for (size_t i = 0; i < table_order_.size(); i++) {
            const Table &table = table_[(size_t)table_order_[i]];
            if (i == 0 || key(table_order_[i - 1]) != key(table_order_[i])) {
                const int32_t inputs = (int32_t)row_input_.size();
                s_.tables.push_back({(int32_t)i, (int32_t)i, table.family, 0, 0, table.large,
                                     table_order_[i], has_groups_of_four(table), by_rows[(size_t)table_order_[i]], inputs,
                                     inputs});
            }
            TableLaunch &launch = s_.tables.back();
            launch.end = (int32_t)i + 1;
            launch.categories = std::max(launch.categories, table.categories);
            launch.nodes = std::max(launch.nodes, table.nodes);
            if (launch.by_rows) {
                row_input_.insert(row_input_.end(), table_input_.begin() + table.input_begin,
                                  table_input_.begin() + table.input_begin + table.inputs);
                launch.input_end = (int32_t)row_input_.size();
            }
        }
    }

    bool weight_fits(int32_t w) const {
        bool fits = true;
        for (int32_t i = p_.weight_tile_begin[w]; i < p_.weight_tile_begin[w + 1] && fits; i++) {
            const int32_t t = p_.weight_tile[i];
            fits = tile_fits(t) && fits_[(size_t)p_.tile_element[t]];
        }
        return fits;
    }

    void weights() {
        for (int32_t g = 0; g < p_.groups; g++) {
            Group group = {p_.group_weight_begin[g],
                           p_.group_weight_begin[g + 1] - p_.group_weight_begin[g],
                           p_.group_nodes[g], (int32_t)row_group_.size()};
            group_.push_back(group);
            row_group_.insert(row_group_.end(), (size_t)group.nodes, g);
        }
        s_.group_rows = (int32_t)row_group_.size();
        for (int32_t g = 0; g < p_.groups; g++) {
            const int32_t together = group_goes_together(g);
            for (int32_t w = p_.group_weight_begin[g]; w < p_.group_weight_begin[g + 1]; w++) {
                weight(w, p_.group_nodes[g], together);
            }
        }
    }

    /* Whether a group's weights have a tile each, of one sum block, and are so many that fours do. */
    bool group_goes_together(int32_t g) const {
        const int32_t begin = p_.group_weight_begin[g];
        const int32_t end = p_.group_weight_begin[g + 1];
        bool together = (end - begin) % WEIGHTS_TOGETHER == 0;
        for (int32_t w = begin; w < end && together; w++) {
            together = p_.weight_tile_begin[w + 1] - p_.weight_tile_begin[w] == 1
                       && p_.weight_nodes[w] == p_.weight_nodes[begin]
                       && tile_[(size_t)p_.weight_tile[p_.weight_tile_begin[w]]].sum_block
                                  == tile_[(size_t)p_.weight_tile[p_.weight_tile_begin[begin]]]
                                             .sum_block;
        }
        return together;
    }

    void weight(int32_t w, int32_t nodes, int32_t together) {
        const int32_t tiles = p_.weight_tile_begin[w + 1] - p_.weight_tile_begin[w];
        weight_.push_back({p_.weight_parameter[w], copy_of(p_.weight_parameter[w]),
                           p_.weight_nodes[w], p_.weight_tile_begin[w], tiles, nodes});
        const int32_t fits = weight_fits(w);
        if (s_.weights.empty() || s_.weights.back().nodes != nodes
            || s_.weights.back().children != p_.weight_nodes[w]
            || s_.weights.back().matrix != fits || s_.weights.back().together != together) {
            s_.weights.push_back({w, w, nodes, p_.weight_nodes[w], tiles, fits, 1, together});
        }
        s_.weights.back().end++;
        s_.weights.back().tiles = std::min(s_.weights.back().tiles, tiles);
    }

    /*
     * Few weights that many tiles use get slices of their tiles, for enough thread blocks. Not the
     * device's number of multiprocessors but a constant: the same bits on every device.
     */
    void slices() {
        for (WeightLaunch &launch : s_.weights) {
            const int64_t weights = launch.end - launch.first;
            const int64_t floats = weights * launch.nodes * launch.children;
            const int64_t blocks = std::max<int64_t>(1, floats / (MATRIX_NODES * MATRIX_NODES));
            if (launch.matrix) {
                launch.slices = (int32_t)std::min<int64_t>(
                        std::max<int64_t>(1, BUSY_BLOCKS / blocks),
                        std::min<int32_t>(launch.tiles, MOST_SLICES));
            }
            if (launch.slices > 1) {
                s_.slice_floats = std::max(s_.slice_floats, launch.slices * floats);
            }
        }
    }

    const sluice_plan &p_;
    Schedule &s_;
    std::vector<Factor> factor_;
    std::vector<Element> element_;
    std::vector<char> fits_;      /* elements that the matrix units can take on the way up */
    std::vector<char> fits_back_; /* and on the way back */
    std::vector<Tile> tile_;
    std::vector<int32_t> backward_;
    std::vector<Gathered> gathered_;
    std::vector<ChainItem> chain_item_;
    std::vector<int32_t> chain_wait_;
    std::vector<Input> input_;
    std::vector<int32_t> stored_;
    std::vector<int32_t> formed_;
    std::vector<char> is_formed_; /* elements that are in formed_ */
    int32_t mean_layer_ = 0;
    std::vector<Table> table_;
    std::vector<int32_t> table_order_;
    std::vector<int32_t> table_input_;
    std::vector<int32_t> row_input_;
    std::vector<TableVariable> table_variable_;
    std::vector<Served> served_;
    std::vector<Weight> weight_;
    std::vector<Group> group_;
    std::vector<int32_t> row_group_;
};

/* Where the parts of the scratch memory begin, in bytes. */
struct Scratch {
    int64_t chain_state;
    int64_t root_value;
    int64_t chosen;
    int64_t sorted;
    int64_t slices;
    int64_t copies;
    int64_t total;

    Scratch(const Schedule &s, const sluice_state &state) {
        const int64_t capacity = state.capacity;
        const int64_t log_capacity = state.log_capacity;
        chain_state = 0;
        root_value = aligned((CHAIN_TICKET_SPACE
                              + (int64_t)s.chain_items * ceiling_of(capacity, FEWEST_ROWS))
                             * 4);
        chosen = root_value + aligned(capacity * 4);
        sorted = chosen + aligned(log_capacity * s.offsets.blocks * 4);
        slices = sorted + aligned((s.sorted_fixed + s.sorted_places * capacity) * 4);
        copies = slices + aligned(s.slice_floats * 4);
        total = copies;
        if (state.value_type == SLUICE_VALUE_BF16) {
            total += aligned(s.copies * (int64_t)sizeof(bf16));
        }
    }
};

template <typename T> void relocate(const T *&offset, const void *base) {
    offset = (const T *)((const char *)base + (int64_t)offset);
}

} // namespace

Schedule::Schedule(const sluice_plan &plan) { Builder(plan, *this).build(); }

int64_t Schedule::scratch_bytes(const sluice_state &state) const {
    return Scratch(*this, state).total;
}

Circuit Schedule::circuit(const sluice_state &state) const {
    Circuit c = offsets;
    const void *base = state.image;
    relocate(c.tile, base);
    relocate(c.sum_tile_begin, base);
    relocate(c.factor, base);
    relocate(c.element, base);
    relocate(c.element_tile, base);
    relocate(c.backward, base);
    relocate(c.input, base);
    relocate(c.table, base);
    relocate(c.table_order, base);
    relocate(c.table_input, base);
    relocate(c.row_input, base);
    relocate(c.table_variable, base);
    relocate(c.served, base);
    relocate(c.weight, base);
    relocate(c.weight_tile, base);
    relocate(c.group, base);
    relocate(c.row_group, base);
    relocate(c.gathered, base);
    relocate(c.block_element, base);
    relocate(c.block_first, base);
    relocate(c.variable_input_begin, base);
    relocate(c.variable_input, base);
    relocate(c.variable_family, base);
    relocate(c.stored_input, base);
    relocate(c.chain_item, base);
    relocate(c.chain_wait, base);
    relocate(c.formed, base);
    c.capacity = state.capacity;
    c.log_capacity = state.log_capacity;
    c.cell_capacity = state.capacity;
    c.parameters = state.parameters;
    c.statistics = state.statistics;
    c.values = state.values;
    c.scales = state.scales;
    c.gradients = state.gradients;
    c.element_values = state.elements;
    c.flows = state.flows;
    c.cells = state.cells;
    c.log_values = state.log_values;
    c.log_flows = state.log_flows;
    c.log_element_flows = state.element_flows;
    c.skipped = state.skipped;
    const Scratch scratch(*this, state);
    char *memory = (char *)state.workspace;
    c.chain_state = (int32_t *)(memory + scratch.chain_state);
    c.root_value = (float *)(memory + scratch.root_value);
    c.chosen = (int32_t *)(memory + scratch.chosen);
    c.sorted = (int32_t *)(memory + scratch.sorted);
    c.slices = (float *)(memory + scratch.slices);
    c.copies = state.value_type == SLUICE_VALUE_BF16 ? (bf16 *)(memory + scratch.copies) : NULL;
    return c;
}

cudaError_t reset_chain(const Circuit &c, const ChainLaunch &chain, int32_t row_tiles,
                        cudaStream_t stream) {
    const int64_t items = chain.end - chain.first;
    return cudaMemsetAsync(c.chain_state, 0,
                           (size_t)(CHAIN_TICKET_SPACE + items * row_tiles) * sizeof *c.chain_state,
                           stream);
}

bool few_rows_suit(const Schedule &schedule, const ChainLaunch &chain, int32_t row_tiles) {
    return (int64_t)(chain.end - chain.first) * row_tiles / chain.layers
           <= 2 * schedule.processors;
}

bool chain_suits_at_once(const Schedule &schedule, const ChainLaunch &chain, int32_t count) {
    return chain.nodes > SMALL_NODES
           && (int64_t)(chain.end - chain.first) * ceiling_of(count, FEWEST_ROWS) / chain.layers
                      <= schedule.processors;
}

unsigned at_once_blocks(const Schedule &schedule, const ChainLaunch &chain, int32_t row_tiles) {
    return chain.period > 0
                   ? (unsigned)chain.period * row_tiles
                   : (unsigned)std::min<int64_t>((int64_t)(chain.end - chain.first) * row_tiles,
                                                 schedule.processors);
}
