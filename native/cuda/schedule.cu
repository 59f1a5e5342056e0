#include "schedule.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <tuple>

#include "layout.cuh"

namespace {

enum {
    ALIGNMENT = 256,
    MATRIX_STEP = 16,    /* nodes that the matrix units take at a time */
    MATRIX_NODES = 128,  /* most nodes of a sum block that one thread block normalises */
    VECTOR = 8,          /* bfloat16 numbers of a 16-byte access */
    BUSY_BLOCKS = 256,   /* thread blocks that keep a large device busy */
    MOST_SLICES = 16,
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

Factor factor_of(const sluice_plan &p, int32_t block) {
    Factor factor = {};
    factor.block = block;
    factor.parents = parents_of(p, block);
    const int32_t input = p.block_input[block];
    factor.is_sum = input < 0;
    if (p.block_value[block] >= 0) {
        factor.offset = p.block_value[block];
        factor.variable = -1;
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
        factors();
        elements();
        tiles();
        c.tile = image.add(tile_);
        c.sum_tile_begin = image.add(p_.sum_tile_begin, p_.sums + 1);
        c.factor = image.add(factor_);
        c.element = image.add(element_);
        c.element_tile = image.add(p_.element_tile, p_.element_tile_begin[p_.elements]);
        sums();
        backward();
        c.backward = image.add(backward_);
        c.gathered = image.add(gathered_);
        inputs();
        c.input = image.add(input_);
        c.stored_input = image.add(stored_);
        tables();
        c.table = image.add(table_);
        c.table_order = image.add(table_order_);
        c.table_input = image.add(table_input_);
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

    void factors() {
        const int32_t count = p_.element_factor_begin[p_.elements];
        factor_.reserve((size_t)count);
        for (int32_t i = 0; i < count; i++) {
            factor_.push_back(factor_of(p_, p_.element_factor[i]));
        }
    }

    /* Whether 16-byte accesses and whole matrix steps cover the element. */
    bool element_fits(int32_t e) const {
        if (p_.element_nodes[e] % MATRIX_STEP != 0 || !vector_aligned(p_.element_flow[e])) {
            return false;
        }
        for (int32_t f = p_.element_factor_begin[e]; f < p_.element_factor_begin[e + 1]; f++) {
            const Factor &factor = factor_[(size_t)f];
            if (!vector_aligned(factor.offset) || !vector_aligned(factor.stride)) {
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
            tile.flow = element.flow;
            tile.element = e;
            tile.children = element.nodes;
            tile.factors = element.factors;
            tile.factor_begin = element.factor_begin;
            tile.keeps = p_.element_tile[element.tile_begin] == t;
            tile.sum = p_.tile_sum[t];
            tile.sum_block = p_.sum_block[tile.sum];
            tile.sum_value = p_.block_value[tile.sum_block];
            tile.sum_nodes = p_.block_nodes[tile.sum_block];
            s_.parameters = std::max(s_.parameters, tile.parameter
                                                            + (int64_t)tile.sum_nodes
                                                                      * tile.children);
            for (int32_t f = 0; f < tile.factors; f++) {
                const Factor &factor = factor_[(size_t)(tile.factor_begin + f)];
                tile.tables += factor.variable >= 0;
                if (f < INLINE_FACTORS) {
                    tile.factor[f] = factor;
                }
            }
        }
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

    /* One launch for each run of a partition in which the matrix units fit all or none. */
    void sums() {
        for (int32_t i = 0; i < p_.partitions; i++) {
            int32_t first = p_.partition_sum_begin[i];
            while (first < p_.partition_sum_begin[i + 1]) {
                SumLaunch launch = {first, first, p_.block_nodes[p_.sum_block[first]],
                                    p_.sum_tile_begin[first], tiles_of(first),
                                    sum_fits(first)};
                while (launch.end < p_.partition_sum_begin[i + 1]
                       && sum_fits(launch.end) == (launch.matrix != 0)) {
                    if (tiles_of(launch.end) != launch.tiles) {
                        launch.tiles = -1;
                    }
                    launch.end++;
                }
                s_.sums.push_back(launch);
                first = launch.end;
            }
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
        GatherLaunch launch = {(int32_t)gathered_.size(), 0, 0};
        for (int32_t s : sums) {
            const int32_t block = p_.sum_block[s];
            gathered_.push_back({p_.block_value[block], block, p_.block_nodes[block],
                                 p_.block_element_begin[block], parents_of(p_, block)});
            launch.nodes = std::max(launch.nodes, p_.block_nodes[block]);
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
                                       fits_back_[(size_t)e], 0});
            }
            backward_.push_back(e);
            ElementLaunch &launch = s_.elements.back();
            launch.end = place + 1;
            const Element &element = element_[(size_t)e];
            for (int32_t j = 0; j < element.tiles; j++) {
                launch.parent_nodes = std::max(
                        launch.parent_nodes,
                        tile_[(size_t)p_.element_tile[element.tile_begin + j]].sum_nodes);
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
            const int64_t rows = table.family == SLUICE_GAUSSIAN ? 2 : table.categories;
            s_.parameters = std::max(s_.parameters, table.parameter + rows * table.nodes);
            table.large = table.family != SLUICE_GAUSSIAN && table.categories > SMALL_CATEGORIES;
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

    void launch_tables() {
        table_order_.resize(table_.size());
        std::iota(table_order_.begin(), table_order_.end(), 0);
        const auto key = [&](int32_t t) {
            const Table &table = table_[(size_t)t];
            /* Each large table has a launch of its own. */
            return std::make_tuple(table.family, table.large, category_class(table),
                                   table.large ? t : 0);
        };
        std::stable_sort(table_order_.begin(), table_order_.end(),
                         [&](int32_t a, int32_t b) { return key(a) < key(b); });
        for (size_t i = 0; i < table_order_.size(); i++) {
            const Table &table = table_[(size_t)table_order_[i]];
            if (i == 0 || key(table_order_[i - 1]) != key(table_order_[i])) {
                s_.tables.push_back({(int32_t)i, (int32_t)i, table.family, 0, 0, table.large,
                                     table_order_[i]});
            }
            TableLaunch &launch = s_.tables.back();
            launch.end = (int32_t)i + 1;
            launch.categories = std::max(launch.categories, table.categories);
            launch.nodes = std::max(launch.nodes, table.nodes);
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
            for (int32_t w = p_.group_weight_begin[g]; w < p_.group_weight_begin[g + 1]; w++) {
                weight(w, p_.group_nodes[g]);
            }
        }
    }

    void weight(int32_t w, int32_t nodes) {
        const int32_t tiles = p_.weight_tile_begin[w + 1] - p_.weight_tile_begin[w];
        weight_.push_back({p_.weight_parameter[w], p_.weight_nodes[w], p_.weight_tile_begin[w],
                           tiles, nodes});
        const int32_t fits = weight_fits(w);
        if (s_.weights.empty() || s_.weights.back().nodes != nodes
            || s_.weights.back().children != p_.weight_nodes[w]
            || s_.weights.back().matrix != fits) {
            s_.weights.push_back({w, w, nodes, p_.weight_nodes[w], tiles, fits, 1});
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
    std::vector<Input> input_;
    std::vector<int32_t> stored_;
    std::vector<Table> table_;
    std::vector<int32_t> table_order_;
    std::vector<int32_t> table_input_;
    std::vector<TableVariable> table_variable_;
    std::vector<Served> served_;
    std::vector<Weight> weight_;
    std::vector<Group> group_;
    std::vector<int32_t> row_group_;
};

/* Where the parts of the scratch memory begin, in bytes. */
struct Scratch {
    int64_t element_scales;
    int64_t root_value;
    int64_t chosen;
    int64_t sorted;
    int64_t slices;
    int64_t total;

    Scratch(const Schedule &s, int64_t capacity, int64_t log_capacity) {
        element_scales = 0;
        root_value = element_scales + aligned(s.offsets.elements * capacity * 4);
        chosen = root_value + aligned(capacity * 4);
        sorted = chosen + aligned(log_capacity * s.offsets.blocks * 4);
        slices = sorted + aligned((s.sorted_fixed + s.sorted_places * capacity) * 4);
        total = slices + aligned(s.slice_floats * 4);
    }
};

template <typename T> void relocate(const T *&offset, const void *base) {
    offset = (const T *)((const char *)base + (int64_t)offset);
}

} // namespace

Schedule::Schedule(const sluice_plan &plan) { Builder(plan, *this).build(); }

int64_t Schedule::scratch_bytes(const sluice_state &state) const {
    return Scratch(*this, state.capacity, state.log_capacity).total;
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
    c.capacity = state.capacity;
    c.log_capacity = state.log_capacity;
    c.cell_capacity = state.capacity;
    c.parameters = state.parameters;
    c.operands = state.value_type == SLUICE_VALUE_BF16 ? state.prepared : state.parameters;
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
    const Scratch scratch(*this, state.capacity, state.log_capacity);
    char *memory = (char *)state.workspace;
    c.element_scales = (int32_t *)(memory + scratch.element_scales);
    c.root_value = (float *)(memory + scratch.root_value);
    c.chosen = (int32_t *)(memory + scratch.chosen);
    c.sorted = (int32_t *)(memory + scratch.sorted);
    c.slices = (float *)(memory + scratch.slices);
    return c;
}
