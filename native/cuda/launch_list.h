/*
 * The launch list: what has to be launched for a plan, in which order; and the device plan. Host
 * only.
 */
#ifndef SLUICE_LAUNCH_LIST_H
#define SLUICE_LAUNCH_LIST_H

#include <cstdint>
#include <vector>

#include "device_plan.cuh"

/* Sum blocks first .. end - 1: equally many nodes, same layer. */
struct SumLaunch {
    int32_t first;
    int32_t end;
    int32_t nodes;
    int32_t first_tile;
    int32_t tiles; /* of each sum; -1: they differ */
    int32_t most_tiles;
    int32_t children; /* nodes of each element, or 0 where they differ */
    int32_t matrix;   /* 1: the matrix units can be used */
    int32_t stored;   /* 1: the element of each tile is one stored factor */
    int32_t chain;    /* of which the launch is the first, in LaunchList::chains; or -1 */
};

/* DevicePlan.chain_item[first .. end - 1]: the work of several launches in one (chain.cuh). */
struct ChainLaunch {
    int32_t first;
    int32_t end;
    int32_t nodes;    /* of the largest of its blocks or elements */
    int32_t layers;   /* that it has one after the other */
    int32_t widest;   /* items of the layer that has most */
    int32_t launches; /* of sums that it stands for */
    int32_t period;   /* items of a layer, where all layers have the same weights; otherwise 0 */
};

/* DevicePlan.formed[first .. end - 1], which sums from launches.sums[before] on read. */
struct ProductLaunch {
    int32_t first;
    int32_t end;
    int32_t before;
    int32_t is_long; /* 1: of many factors; 0: of few, and small */
    int32_t fours;   /* 1: their values and those of their factors are aligned to four */
    int32_t nodes;   /* nodes of the largest element */
};

/* DevicePlan.backward[first .. end - 1]: elements of one level, with equally many nodes. */
struct ElementLaunch {
    int32_t first;
    int32_t end;
    int32_t nodes;
    int32_t matrix;
    int32_t parent_nodes;  /* nodes of the largest sum block that reads one of them */
    int32_t parents_alike; /* 1: all these sum blocks have that many nodes */
    int32_t most_tiles;    /* tiles that read one of them */
};

/* DevicePlan.gathered[first .. end - 1]: blocks whose gradients are due before the level. */
struct GatherLaunch {
    int32_t first;
    int32_t end;
    int32_t nodes; /* nodes of the largest block */
    int32_t fours; /* 1: all values that are read and written are aligned to four */
};

/* One level of the backward pass: first gradients, then the elements that read them. */
struct BackwardLevel {
    int32_t gather_begin; /* in LaunchList::gathers */
    int32_t gather_end;
    int32_t element_begin; /* in LaunchList::elements */
    int32_t element_end;
    int32_t chain; /* of which the level is the first, in LaunchList::chains; or -1 */
};

/* Weights first .. end - 1: equally many nodes and children. */
struct WeightLaunch {
    int32_t first;
    int32_t end;
    int32_t nodes;
    int32_t children;
    int32_t tiles; /* of the one that has least */
    int32_t matrix;
    int32_t slices; /* of their tiles, for the matrix units: parts of the sum */
    int32_t together; /* 1: runs of WEIGHTS_TOGETHER weights belong to one sum block and to one tile each */
};

enum { WEIGHTS_TOGETHER = 4 };

/* DevicePlan.table_order[first .. end - 1]: tables alike enough to share a launch. */
struct TableLaunch {
    int32_t first;
    int32_t end;
    int32_t kind;
    int32_t categories; /* of the one that has most */
    int32_t nodes;      /* likewise */
    int32_t large;      /* 1: statistics by sorting the cells; a launch for each such table */
    int32_t number;     /* of the first table */
    int32_t fours;      /* 1: the columns of all its inputs are aligned to four */
    int32_t once;       /* 1: no two elements of a variable read the same column of a large table */
    int32_t by_rows;    /* 1: category_statistics.cu can be used; DevicePlan.row_input from .. */
    int32_t input_first;
    int32_t input_end;
};

/* Parameters from `parameter` on, and the offset of their bfloat16 copies among all copies. */
struct ParameterRange {
    int64_t parameter;
    int64_t copy;
    int64_t count;
};

/* Categories of a large table that one thread block adds up and updates. */
enum { CATEGORIES_A_SLICE = 128 };

struct LaunchList {
    std::vector<SumLaunch> sums;         /* bottom up, layer by layer */
    std::vector<ProductLaunch> products; /* in the same order */
    std::vector<GatherLaunch> gathers;
    std::vector<ElementLaunch> elements;
    std::vector<BackwardLevel> levels; /* top down */
    std::vector<ChainLaunch> chains;
    std::vector<WeightLaunch> weights;
    std::vector<TableLaunch> tables;
    std::vector<ParameterRange> copied; /* in the order of parameters */
    std::vector<char> device_plan;
    bool early = false;     /* the device can start launches early */
    int32_t processors = 1; /* multiprocessors of the device */
    DevicePlan
            offsets; /* the sizes, and the pointers as offsets from the start of the device plan */
    int64_t sorted_fixed; /* int32s of DevicePlan.sorted, besides sorted_places * capacity */
    int64_t sorted_places;
    int64_t slice_floats = 0; /* of DevicePlan.slices */
    int64_t copies = 0;       /* bfloat16 copies of parameters */
    int32_t sum_nodes;        /* parent nodes of all block rows */
    int32_t chain_items = 0;  /* of the longest chain */
    int32_t stored_inputs;    /* inputs whose values are stored */

    explicit LaunchList(const sluice_plan &plan);

    /* What kernels get, with the buffers of a state. */
    DevicePlan view(const sluice_state &state) const;

    /* Scratch memory of the device: state.workspace. */
    int64_t scratch_bytes(const sluice_state &state) const;
};

/* Nodes for which kernels for the matrix units are shaped: a chain has blocks of one class. */
inline int32_t size_class(int32_t nodes) {
    return nodes > 64 ? 128 : nodes > 32 ? 64 : nodes > 16 ? 32 : 16;
}

/* Resets a chain before its launch. */
cudaError_t reset_chain(const DevicePlan &c, const ChainLaunch &chain, int32_t row_strips,
                        cudaStream_t stream);

/* Whether thread blocks of few rows, `row_strips` for each item, leave multiprocessors idle. */
bool few_rows_suit(const LaunchList &launches, const ChainLaunch &chain, int32_t row_strips);

/*
 * Whether each task of a layer, with FEWEST_ROWS rows, can have a multiprocessor of its own. Then a
 * task has all its memory, and large blocks use that to load all operands at once.
 */
bool chain_suits_at_once(const LaunchList &launches, const ChainLaunch &chain, int32_t count);

/* Thread blocks for such a chain: as many as can have work at the same time. */
unsigned at_once_blocks(const LaunchList &launches, const ChainLaunch &chain, int32_t row_strips);

/* Fewest rows of a task of a chain. */
enum { FEWEST_ROWS = 16 };

#endif
