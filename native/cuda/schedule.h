/* What has to be launched for a plan, in which order; and the plan's image. Host only. */
#ifndef SLUICE_SCHEDULE_H
#define SLUICE_SCHEDULE_H

#include <cstdint>
#include <vector>

#include "image.cuh"

/* Sum blocks first .. end - 1: equally many nodes, same layer. */
struct SumLaunch {
    int32_t first;
    int32_t end;
    int32_t nodes;
    int32_t first_tile;
    int32_t tiles;  /* of each sum; -1: they differ */
    int32_t most_tiles;
    int32_t children; /* nodes of each tile's element; 0: they differ */
    int32_t matrix; /* 1: the matrix units can be used */
    int32_t stored; /* 1: each tile's element is one stored factor */
    int32_t chain;  /* of which the launch is the first, in Schedule::chains; or -1 */
};

/* Circuit.chain_item[first .. end - 1]: what several launches would do, in one (chain.cuh). */
struct ChainLaunch {
    int32_t first;
    int32_t end;
    int32_t nodes;    /* of the largest of its blocks or elements */
    int32_t layers;   /* that it has one after the other */
    int32_t launches; /* of sums that it stands for */
    int32_t period;   /* items of a layer, where all layers have the same weights; otherwise 0 */
};

/* Circuit.formed[first .. end - 1], which sums from schedule.sums[before] on read. */
struct ProductLaunch {
    int32_t first;
    int32_t end;
    int32_t before;
    int32_t is_long; /* 1: of many factors; 0: of few, and small */
    int32_t fours;   /* 1: their values, and those of their factors, lie in groups of four */
    int32_t nodes;   /* of the largest of them */
};

/* Circuit.backward[first .. end - 1]: elements of one level, with equally many nodes. */
struct ElementLaunch {
    int32_t first;
    int32_t end;
    int32_t nodes;
    int32_t matrix;
    int32_t parent_nodes; /* of the largest sum block that reads one of them */
    int32_t parents_alike; /* 1: all of them have so many */
    int32_t most_tiles;    /* that read one of them */
};

/* Circuit.gathered[first .. end - 1]: blocks whose gradients are due before the level. */
struct GatherLaunch {
    int32_t first;
    int32_t end;
    int32_t nodes; /* in the largest of them */
    int32_t fours; /* 1: all that is read and written lies in groups of four */
};

/* One level of the way back: first gradients, then the elements that need them. */
struct BackwardLevel {
    int32_t gather_begin; /* in Schedule::gathers */
    int32_t gather_end;
    int32_t element_begin; /* in Schedule::elements */
    int32_t element_end;
    int32_t chain; /* of which the level is the first, in Schedule::chains; or -1 */
};

/* Weights first .. end - 1: equally many nodes and children. */
struct WeightLaunch {
    int32_t first;
    int32_t end;
    int32_t nodes;
    int32_t children;
    int32_t tiles;  /* of the one that has least */
    int32_t matrix;
    int32_t slices; /* of their tiles, for the matrix units: parts of the sum */
    int32_t together; /* 1: WEIGHTS_TOGETHER neighbours each are of one sum block, a tile each */
};

enum { WEIGHTS_TOGETHER = 4 };

/* Circuit.table_order[first .. end - 1]: tables alike enough to share a launch. */
struct TableLaunch {
    int32_t first;
    int32_t end;
    int32_t kind;
    int32_t categories; /* of the one that has most */
    int32_t nodes;      /* likewise */
    int32_t large;      /* 1: statistics by sorting the cells; a launch for each such table */
    int32_t number;     /* of the first table */
    int32_t fours;      /* 1: the columns of all its inputs lie in groups of four */
    int32_t once;       /* 1: no two elements of a variable read the same column of a large table */
    int32_t by_rows;    /* 1: category_statistics.cu can be used; Circuit.row_input from .. */
    int32_t input_first;
    int32_t input_end;
};

/* Parameters from `parameter` on, and where their bfloat16 copies are among all copies. */
struct ParameterRange {
    int64_t parameter;
    int64_t copy;
    int64_t count;
};

/* Categories of a large table that a thread block adds up, and then updates. */
enum { CATEGORIES_A_SLICE = 128 };

struct Schedule {
    std::vector<SumLaunch> sums; /* bottom up, layer by layer */
    std::vector<ProductLaunch> products; /* in the same order */
    std::vector<GatherLaunch> gathers;
    std::vector<ElementLaunch> elements;
    std::vector<BackwardLevel> levels; /* top down */
    std::vector<ChainLaunch> chains;
    std::vector<WeightLaunch> weights;
    std::vector<TableLaunch> tables;
    std::vector<ParameterRange> copied; /* in the order of parameters */
    std::vector<char> image;
    bool early = false;      /* the device can start launches early */
    int32_t processors = 1;  /* multiprocessors of the device */
    Circuit offsets; /* the image's pointers as offsets from its start, and the sizes */
    int64_t sorted_fixed;  /* int32s of Circuit.sorted, besides sorted_places * capacity */
    int64_t sorted_places;
    int64_t slice_floats = 0; /* of Circuit.slices */
    int64_t copies = 0; /* bfloat16 copies of parameters */
    int32_t group_rows;    /* parent nodes of all groups */
    int32_t chain_items = 0; /* of the longest chain */
    int32_t stored_inputs; /* inputs whose values are stored */

    explicit Schedule(const sluice_plan &plan);

    /* What kernels get, for the buffers of a state. */
    Circuit circuit(const sluice_state &state) const;

    /* Scratch memory of the device: state.workspace. */
    int64_t scratch_bytes(const sluice_state &state) const;
};

/* Nodes for which kernels for the matrix units are shaped: a chain has blocks of one class. */
inline int32_t size_class(int32_t nodes) {
    return nodes > 64 ? 128 : nodes > 32 ? 64 : nodes > 16 ? 32 : 16;
}

/* Before a chain with so many tasks for each of its items. */
cudaError_t reset_chain(const Circuit &c, const ChainLaunch &chain, int32_t row_tiles,
                        cudaStream_t stream);

/* Whether thread blocks of few rows, `row_tiles` for an item, leave multiprocessors idle. */
bool few_rows_suit(const Schedule &schedule, const ChainLaunch &chain, int32_t row_tiles);

/*
 * Whether a multiprocessor for each task of a layer, with FEWEST_ROWS samples, is to be had. Tasks
 * then have all its memory, and large blocks use it to have all operands on their way at once.
 */
bool chain_suits_at_once(const Schedule &schedule, const ChainLaunch &chain, int32_t count);

/* Thread blocks for such a chain: as many as can have work at a time. */
unsigned at_once_blocks(const Schedule &schedule, const ChainLaunch &chain, int32_t row_tiles);

/* Samples of a task of a chain, at least. */
enum { FEWEST_ROWS = 16 };

#endif
