/*
 * The parts of a launch list. Each adds its arrays to the device plan and its launches to the list,
 * and depends only on the parts before it. Host only.
 */
#ifndef SLUICE_LAUNCH_PARTS_H
#define SLUICE_LAUNCH_PARTS_H

#include <cstring>
#include <functional>
#include <vector>

#include "launch_list.h"

enum {
    ALIGNMENT = 256,
    MATRIX_NODES = 128, /* most nodes of a sum block that one thread block normalises */
    SMALL_NODES = 32,   /* of an element that several sums read: it is formed once */
    SMALL_CATEGORIES =
            1024 /* tables of up to this many categories have their histograms in shared memory */
};

static inline int64_t aligned(int64_t bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Elements that have the block as a factor. */
static inline int32_t parents_of(const sluice_plan &p, int32_t block) {
    return p.block_element_begin[block + 1] - p.block_element_begin[block];
}

static inline bool gets_its_gradient_directly(const sluice_plan &p, int32_t block) {
    return p.block_input[block] < 0 && parents_of(p, block) == 1;
}

static inline bool is_large(const sluice_plan &p, int32_t table) {
    return p.table_kind[table] != SLUICE_GAUSSIAN && p.table_categories[table] > SMALL_CATEGORIES;
}

/*
 * Appends arrays to the device plan; a pointer is an offset until the device plan has an address.
 */
class PlanWriter {
   public:
    explicit PlanWriter(std::vector<char> &bytes) : bytes_(bytes) {}

    template <typename T>
    const T *add(const T *items, int64_t count) {
        const int64_t offset = (int64_t)bytes_.size();
        bytes_.resize((size_t)(offset + aligned(count * (int64_t)sizeof(T))));
        if (count > 0) {
            memcpy(bytes_.data() + offset, items, (size_t)count * sizeof(T));
        }
        return (const T *)offset;
    }

    template <typename T>
    const T *add(const std::vector<T> &items) {
        return add(items.data(), (int64_t)items.size());
    }

   private:
    std::vector<char> &bytes_;
};

/* Which parameters have bfloat16 copies, and where: LaunchList::copied. */
class Copies {
   public:
    Copies(const sluice_plan &plan, LaunchList &launches);

    /* Whether the parameters of a table have copies. */
    bool has(int32_t table) const;

    /* Offset of the copy of a parameter among all copies. */
    int64_t of(int64_t parameter) const;

   private:
    void lay_out();

    const sluice_plan &p_;
    LaunchList &s_;
};

/* Factors, elements and tiles as kernels see them, and whether the matrix units can take them. */
class Operands {
   public:
    Operands(const sluice_plan &plan, const Copies &copies);

    const Factor &factor(int32_t i) const { return factor_[(size_t)i]; }
    const Element &element(int32_t e) const { return element_[(size_t)e]; }
    const Tile &tile(int32_t t) const { return tile_[(size_t)t]; }

    /* Whether the matrix units can take an element, if they can the tiles that read it. */
    bool element_fits(int32_t e) const { return fits_[(size_t)e]; }

    /* The same for a tile, without its element. */
    bool tile_fits(int32_t t) const;

    /* Whether the values of an element and of its factors are aligned to four. */
    bool has_groups_of_four(const Element &element) const;

    /* Whether a launch forms the element before the sums that read it. */
    bool is_formed_before(int32_t e) const;

    void add_to(PlanWriter &writer, DevicePlan &c) const;

   private:
    void factors(const Copies &copies);
    void elements();
    void tiles(const Copies &copies);
    bool is_aligned(int32_t e) const;
    int32_t mean_layer() const;
    bool is_small_product(int32_t e) const;

    const sluice_plan &p_;
    std::vector<Factor> factor_;
    std::vector<Element> element_;
    std::vector<char> fits_; /* elements that the matrix units can take in the forward pass */
    std::vector<Tile> tile_;
    int32_t mean_layer_ = 0;
};

/* What chains have to do and wait for. One is put together at a time: its items, then its end. */
class Chains {
   public:
    Chains(const Operands &operands, LaunchList &launches) : operands_(operands), s_(launches) {}

    int32_t items() const { return (int32_t)item_.size(); }

    /* waits: indices in the chain of the items that this one waits for, in any order. */
    void add(ChainItem item, std::vector<int32_t> &waits);

    /* Index in LaunchList::chains. tiles(i): the tiles whose weights item i of the chain reads. */
    int32_t finish(ChainLaunch chain, const std::function<std::vector<int32_t>(int32_t)> &tiles);

    void add_to(PlanWriter &writer, DevicePlan &c) const;

   private:
    const Operands &operands_;
    LaunchList &s_;
    std::vector<ChainItem> item_;
    std::vector<int32_t> wait_;
};

/* The forward pass: sums, layer by layer, and the products that are formed before them. */
class Sums {
   public:
    Sums(const sluice_plan &plan, const Operands &operands, Chains &chains, LaunchList &launches);

    void add_to(PlanWriter &writer, DevicePlan &c) const;

   private:
    void list_launches();
    void products(int32_t partition_begin, int32_t partition_end);
    bool reads_stored(int32_t s) const;
    bool fits(int32_t s) const;
    int32_t tiles_of(int32_t s) const { return p_.sum_tile_begin[s + 1] - p_.sum_tile_begin[s]; }
    int32_t children_of(int32_t s) const;
    void chains();
    bool extends_chain(size_t first, size_t next) const;

    const sluice_plan &p_;
    const Operands &operands_;
    Chains &chains_;
    LaunchList &s_;
    std::vector<int32_t> formed_;
    std::vector<char> is_formed_; /* elements that are in formed_ */
};

/* The backward pass: levels of elements, and of gradients that are gathered. */
class Levels {
   public:
    Levels(const sluice_plan &plan, const Operands &operands, Chains &chains, LaunchList &launches);

    void add_to(PlanWriter &writer, DevicePlan &c) const;

   private:
    void levels();
    bool fits(int32_t e) const;
    void gather(const std::vector<int32_t> &sums);
    void launch(std::vector<int32_t> &elements);
    void chains();
    bool can_chain(const BackwardLevel &level, int32_t size) const;

    const sluice_plan &p_;
    const Operands &operands_;
    Chains &chains_;
    LaunchList &s_;
    std::vector<char> fits_; /* elements that the matrix units can take in the backward pass */
    std::vector<int32_t> backward_;
    std::vector<Gathered> gathered_;
};

/* Inputs, and which of them are stored. */
class Inputs {
   public:
    Inputs(const sluice_plan &plan, LaunchList &launches);

    const Input &input(int32_t i) const { return input_[(size_t)i]; }

    void add_to(PlanWriter &writer, DevicePlan &c) const;

   private:
    std::vector<Input> input_;
    std::vector<int32_t> stored_;
};

/* Parameter tables of inputs, where their statistics come from, and their launches. */
class Tables {
   public:
    Tables(const sluice_plan &plan, const Copies &copies, const Inputs &inputs,
           LaunchList &launches);

    void add_to(PlanWriter &writer, DevicePlan &c) const;

   private:
    void tables(const Copies &copies);
    void list_launches();
    bool has_groups_of_four(const Table &table) const;
    bool goes_by_rows(const Table &table) const;
    bool serves_once(const Table &table) const;

    const sluice_plan &p_;
    const Inputs &inputs_;
    LaunchList &s_;
    std::vector<Table> table_;
    std::vector<int32_t> table_order_;
    std::vector<int32_t> table_input_;
    std::vector<int32_t> row_input_;
    std::vector<TableVariable> table_variable_;
    std::vector<Served> served_;
};

/* Weights of sums, block rows, and the launches of the weights' statistics. */
class Weights {
   public:
    Weights(const sluice_plan &plan, const Copies &copies, const Operands &operands,
            LaunchList &launches);

    void add_to(PlanWriter &writer, DevicePlan &c) const;

   private:
    void weights(const Copies &copies);
    bool go_together(int32_t g) const;
    void weight(const Copies &copies, int32_t w, int32_t nodes, int32_t together);
    bool fits(int32_t w) const;
    void slices();

    const sluice_plan &p_;
    const Operands &operands_;
    LaunchList &s_;
    std::vector<Weight> weight_;
    std::vector<BlockRow> block_row_;
    std::vector<int32_t> node_block_row_;
};

#endif
