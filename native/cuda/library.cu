/* The table of the CUDA library: checks arguments, then enqueues the work. */
#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "cells.cuh"
#include "element_backward.cuh"
#include "layout.cuh"
#include "log_space.cuh"
#include "query.cuh"
#include "sum_forward.cuh"
#include "table_statistics.cuh"
#include "update.cuh"
#include "weight_statistics.cuh"

struct sluice_pool {
    cudaStream_t stream;
    std::unique_ptr<LaunchList> launches; /* launch list of the plan that the pool serves */
    /* A stream for work that runs beside the passes. */
    cudaStream_t side = NULL;
    cudaEvent_t forked = NULL;
    cudaEvent_t joined = NULL;

    ~sluice_pool() {
        if (side != NULL) {
            cudaStreamDestroy(side);
        }
        if (forked != NULL) {
            cudaEventDestroy(forked);
        }
        if (joined != NULL) {
            cudaEventDestroy(joined);
        }
    }
};

namespace {

thread_local char last_message[512];

sluice_status fail(sluice_status status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(last_message, sizeof last_message, format, arguments);
    va_end(arguments);
    return status;
}

sluice_status result_of(cudaError_t error) {
    if (error == cudaSuccess) {
        return SLUICE_OK;
    }
    return fail(error == cudaErrorMemoryAllocation ? SLUICE_OUT_OF_MEMORY : SLUICE_DEVICE,
                "CUDA: %s: %s", cudaGetErrorName(error), cudaGetErrorString(error));
}

const char *message() { return last_message; }

const char *target() { return PLATFORM_NAME; }

sluice_status pool_create(int32_t threads, void *stream, sluice_pool **pool) {
    if (threads < 1 || pool == NULL) {
        return fail(SLUICE_INVALID, "%d threads: expected at least 1", threads);
    }
    std::unique_ptr<sluice_pool> made(new (std::nothrow) sluice_pool);
    if (made == nullptr) {
        return fail(SLUICE_OUT_OF_MEMORY, "the system refused memory for a pool");
    }
    made->stream = (cudaStream_t)stream;
    cudaError_t error = cudaEventCreateWithFlags(&made->forked, cudaEventDisableTiming);
    if (error == cudaSuccess) {
        error = cudaEventCreateWithFlags(&made->joined, cudaEventDisableTiming);
    }
    if (error == cudaSuccess) {
        error = cudaStreamCreateWithFlags(&made->side, cudaStreamNonBlocking);
    }
    if (error == cudaSuccess) {
        *pool = made.release();
    }
    return result_of(error);
}

sluice_status pool_destroy(sluice_pool *pool) {
    delete pool;
    return SLUICE_OK;
}

sluice_status memory_allocate(int64_t bytes, void **memory) {
    if (bytes < 1 || memory == NULL) {
        return fail(SLUICE_INVALID, "%lld bytes of memory", (long long)bytes);
    }
    const int64_t whole = (bytes + 63) / 64 * 64;
    *memory = aligned_alloc(64, (size_t)whole);
    if (*memory == NULL) {
        return fail(SLUICE_OUT_OF_MEMORY, "the system refused %lld bytes", (long long)bytes);
    }
    memset(*memory, 0, (size_t)whole);
    return SLUICE_OK;
}

sluice_status memory_free(void *memory, int64_t) {
    free(memory);
    return SLUICE_OK;
}

int64_t workspace_bytes(const sluice_plan *plan, const sluice_state *state) {
    return LaunchList(*plan).scratch_bytes(*state);
}

int64_t device_plan_bytes(const sluice_plan *plan) {
    return (int64_t)LaunchList(*plan).device_plan.size();
}

sluice_status device_plan(sluice_pool *pool, const sluice_plan *plan, void *host) {
    if (pool == NULL || plan == NULL || host == NULL) {
        return fail(SLUICE_INVALID, "pool, plan and memory must be given");
    }
    pool->launches.reset(new (std::nothrow) LaunchList(*plan));
    if (pool->launches == nullptr) {
        return fail(SLUICE_OUT_OF_MEMORY, "the system refused memory for a launches");
    }
    int device = 0;
    int major = 0;
    int processors = 1;
    cudaError_t error = cudaGetDevice(&device);
    if (error == cudaSuccess) {
        error = cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device);
    }
    if (error == cudaSuccess) {
        error = cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, device);
    }
    if (error != cudaSuccess) {
        return result_of(error);
    }
    pool->launches->early = major >= 9;
    pool->launches->processors = processors;
    memcpy(host, pool->launches->device_plan.data(), pool->launches->device_plan.size());
    pool->launches->device_plan = std::vector<char>(); /* the device has it from here on */
    return SLUICE_OK;
}

/* Checks of every call. */
sluice_status check(const sluice_pool *pool, const sluice_state *state) {
    if (pool == NULL || state == NULL || pool->launches == nullptr) {
        return fail(SLUICE_INVALID, "a pool that serves a plan, and a state must be given");
    }
    if (state->device_plan == NULL || state->capacity < 1 || state->log_capacity < 1) {
        return fail(SLUICE_INVALID,
                    "buffers for %d and %d rows: expected at least 1, and a device plan",
                    state->capacity, state->log_capacity);
    }
    if (state->value_type != SLUICE_VALUE_F32 && state->value_type != SLUICE_VALUE_BF16) {
        return fail(SLUICE_INVALID, "value type %d: expected 0 or 1", state->value_type);
    }
    return SLUICE_OK;
}

sluice_status check(const sluice_pool *pool, const sluice_state *state, const sluice_batch *batch,
                    int32_t arithmetic) {
    const sluice_status status = check(pool, state);
    if (status != SLUICE_OK) {
        return status;
    }
    if (arithmetic != SLUICE_LINEAR && arithmetic != SLUICE_LOG) {
        return fail(SLUICE_INVALID, "arithmetic %d: expected 0 or 1", arithmetic);
    }
    if (batch == NULL || batch->count < 0 || batch->cell_type < SLUICE_U8
        || batch->cell_type > SLUICE_F32) {
        return fail(SLUICE_INVALID, "a batch of %d rows with cell type %d",
                    batch == NULL ? 0 : batch->count, batch == NULL ? 0 : batch->cell_type);
    }
    return SLUICE_OK;
}

sluice_status prepare(sluice_pool *pool, const sluice_plan *, const sluice_state *state) {
    const sluice_status status = check(pool, state);
    if (status != SLUICE_OK || state->value_type != SLUICE_VALUE_BF16) {
        return status;
    }
    return result_of(fill_copies(*pool->launches, pool->launches->view(*state), pool->stream));
}

/*
 * Calls work(view, row) for each row group that fits the buffers of the arithmetic. Groups are
 * equally large, to a multiple of FEWEST_ROWS.
 */
template <typename Work>
cudaError_t for_each_group(const sluice_pool *pool, const sluice_state &state,
                           const sluice_batch &batch, int32_t arithmetic, Work work) {
    DevicePlan c = pool->launches->view(state);
    const int32_t most = arithmetic == SLUICE_LINEAR ? state.capacity : state.log_capacity;
    c.cell_capacity = most;
    const int32_t groups = ceiling_of(batch.count, most);
    const int32_t share = groups > 1 ? ceiling_of(batch.count, groups) : most;
    const int32_t group = std::min(ceiling_of(share, FEWEST_ROWS) * FEWEST_ROWS, most);
    for (int64_t first = 0; first < batch.count; first += group) {
        const int32_t row = (int32_t)first;
        c.count = batch.count - row < group ? batch.count - row : group;
        c.first_row = row;
        cudaError_t error = load_cells(c, batch, row, pool->stream);
        if (error == cudaSuccess) {
            error = work(c, row);
        }
        if (error != cudaSuccess) {
            return error;
        }
    }
    return cudaSuccess;
}

/* Forward pass. keep: stores what the backward pass needs. */
cudaError_t forward_pass(const sluice_pool *pool, const sluice_state &state, const DevicePlan &c,
                         int32_t arithmetic, bool keep, double *log_likelihood, uint8_t *flagged,
                         int32_t *flagged_rows) {
    const LaunchList &launches = *pool->launches;
    const cudaStream_t stream = pool->stream;
    cudaError_t error = cudaMemsetAsync(c.skipped, ROW_COUNTS, (size_t)c.count, stream);
    if (error != cudaSuccess) {
        return error;
    }
    if (arithmetic == SLUICE_LOG) {
        error = cudaMemsetAsync(flagged, 0, (size_t)c.count, stream);
        return error != cudaSuccess ? error
                                    : log_forward(launches, c, stream, false, log_likelihood);
    }
    error = input_forward(launches, c, state.value_type, stream);
    const auto pass = [&](int32_t bounded, bool last) {
        DevicePlan bounded_view = c;
        bounded_view.bounded = bounded;
        const cudaError_t failed =
                sum_forward(launches, bounded_view, state.value_type, keep, stream);
        return failed != cudaSuccess
                       ? failed
                       : settle_samples(bounded_view, state.value_type, keep, last, log_likelihood,
                                        flagged, flagged_rows, stream);
    };
    if (error == cudaSuccess) {
        error = pass(BOUND_FROM_ABOVE, !state.second_pass);
    }
    if (error == cudaSuccess && state.second_pass) {
        error = pass(BOUND_FROM_BELOW, true);
    }
    return error;
}

cudaError_t backward_pass(const sluice_pool *pool, const sluice_state &state, const DevicePlan &c,
                          int32_t arithmetic) {
    return arithmetic == SLUICE_LOG
                   ? log_backward(*pool->launches, c, pool->stream)
                   : element_backward(*pool->launches, c, state.value_type, pool->stream);
}

/* Sorts cells for the statistics beside the forward and backward pass. */
cudaError_t sort_beside(const sluice_pool *pool, const DevicePlan &c) {
    cudaError_t error = cudaEventRecord(pool->forked, pool->stream);
    if (error == cudaSuccess) {
        error = cudaStreamWaitEvent(pool->side, pool->forked, 0);
    }
    if (error == cudaSuccess) {
        error = sort_cells(*pool->launches, c, pool->side);
    }
    return error != cudaSuccess ? error : cudaEventRecord(pool->joined, pool->side);
}

cudaError_t statistics(const sluice_pool *pool, const sluice_state &state, const DevicePlan &c,
                       int32_t arithmetic, bool add) {
    if (arithmetic == SLUICE_LOG) {
        return log_statistics(*pool->launches, c, pool->stream, add);
    }
    const cudaError_t error =
            weight_statistics(*pool->launches, c, state.value_type, add, pool->stream);
    return error != cudaSuccess
                   ? error
                   : table_statistics(*pool->launches, c, state.value_type, add, pool->stream);
}

/* Checks a call, then works on its row groups with *flagged_rows counted from zero. */
template <typename Work>
sluice_status for_each_group_flagging(const sluice_pool *pool, const sluice_state *state,
                                      const sluice_batch *batch, int32_t arithmetic,
                                      int32_t *flagged_rows, Work work) {
    const sluice_status status = check(pool, state, batch, arithmetic);
    if (status != SLUICE_OK) {
        return status;
    }
    const cudaError_t error = cudaMemsetAsync(flagged_rows, 0, sizeof *flagged_rows, pool->stream);
    return result_of(error != cudaSuccess ? error
                                          : for_each_group(pool, *state, *batch, arithmetic, work));
}

sluice_status forward(sluice_pool *pool, const sluice_plan *, const sluice_state *state,
                      const sluice_batch *batch, int32_t arithmetic, double *log_likelihood,
                      uint8_t *flagged, int32_t *flagged_rows) {
    return for_each_group_flagging(
            pool, state, batch, arithmetic, flagged_rows, [&](const DevicePlan &c, int32_t row) {
                return forward_pass(pool, *state, c, arithmetic, false, log_likelihood + row,
                                    flagged + row, flagged_rows);
            });
}

sluice_status accumulate(sluice_pool *pool, const sluice_plan *, const sluice_state *state,
                         const sluice_batch *batch, int32_t arithmetic, int32_t stages, int32_t add,
                         double *log_likelihood, uint8_t *flagged, int32_t *flagged_rows) {
    return for_each_group_flagging(
            pool, state, batch, arithmetic, flagged_rows, [&](const DevicePlan &c, int32_t row) {
                const bool sorts = arithmetic == SLUICE_LINEAR && stages & SLUICE_STAGE_STATISTICS
                                   && pool->launches->sorted_places > 0;
                cudaError_t error = sorts ? sort_beside(pool, c) : cudaSuccess;
                if (error == cudaSuccess && stages & SLUICE_STAGE_FORWARD) {
                    error = forward_pass(pool, *state, c, arithmetic, true, log_likelihood + row,
                                         flagged + row, flagged_rows);
                }
                if (error == cudaSuccess && stages & SLUICE_STAGE_BACKWARD) {
                    error = backward_pass(pool, *state, c, arithmetic);
                }
                if (error == cudaSuccess && sorts) {
                    error = cudaStreamWaitEvent(pool->stream, pool->joined, 0);
                }
                if (error == cudaSuccess && stages & SLUICE_STAGE_STATISTICS) {
                    error = statistics(pool, *state, c, arithmetic, add || row > 0);
                }
                return error;
            });
}

sluice_status update(sluice_pool *pool, const sluice_plan *, const sluice_state *state,
                     const double *step, const int32_t *unless, int32_t *failed) {
    const sluice_status status = check(pool, state);
    if (status != SLUICE_OK) {
        return status;
    }
    return result_of(update_parameters(*pool->launches, pool->launches->view(*state), step, unless,
                                       failed, pool->stream));
}

sluice_status conditional_call(sluice_pool *pool, const sluice_plan *plan,
                               const sluice_state *state, const sluice_batch *batch,
                               int32_t arithmetic, const int64_t *offset, double *result,
                               double *log_likelihood, uint8_t *flagged, int32_t *flagged_rows) {
    return for_each_group_flagging(
            pool, state, batch, arithmetic, flagged_rows, [&](const DevicePlan &c, int32_t row) {
                cudaError_t error = forward_pass(pool, *state, c, arithmetic, true,
                                                 log_likelihood + row, flagged + row, flagged_rows);
                if (error == cudaSuccess) {
                    error = backward_pass(pool, *state, c, arithmetic);
                }
                return error != cudaSuccess
                               ? error
                               : conditional(*pool->launches, c, pool->stream, arithmetic,
                                             state->value_type,
                                             offset + (int64_t)row * plan->variables, result);
            });
}

sluice_status sample(sluice_pool *pool, const sluice_plan *plan, const sluice_state *state,
                     const sluice_batch *batch, int32_t per_row, uint64_t seed, int64_t first_draw,
                     float *result, double *log_likelihood) {
    const sluice_status status = check(pool, state, batch, SLUICE_LOG);
    if (status != SLUICE_OK) {
        return status;
    }
    return result_of(
            for_each_group(pool, *state, *batch, SLUICE_LOG, [&](const DevicePlan &c, int32_t row) {
                const cudaError_t each =
                        log_forward(*pool->launches, c, pool->stream, false, log_likelihood + row);
                const int64_t drawn = (int64_t)row * per_row;
                return each != cudaSuccess
                               ? each
                               : draw(*pool->launches, c, pool->stream, per_row, seed,
                                      first_draw + drawn, result + drawn * plan->variables);
            }));
}

sluice_status max_product(sluice_pool *pool, const sluice_plan *plan, const sluice_state *state,
                          const sluice_batch *batch, float *result, double *log_value) {
    const sluice_status status = check(pool, state, batch, SLUICE_LOG);
    if (status != SLUICE_OK) {
        return status;
    }
    return result_of(
            for_each_group(pool, *state, *batch, SLUICE_LOG, [&](const DevicePlan &c, int32_t row) {
                const cudaError_t each =
                        log_forward(*pool->launches, c, pool->stream, true, log_value + row);
                return each != cudaSuccess
                               ? each
                               : max_product_decode(*pool->launches, c, pool->stream,
                                                    result + (int64_t)row * plan->variables);
            }));
}

const sluice_functions functions = {
        SLUICE_ABI_VERSION,
        sizeof(sluice_functions),
        sizeof(sluice_plan),
        sizeof(sluice_state),
        sizeof(sluice_batch),
        0,
        message,
        target,
        pool_create,
        pool_destroy,
        memory_allocate,
        memory_free,
        workspace_bytes,
        device_plan_bytes,
        device_plan,
        prepare,
        forward,
        accumulate,
        update,
        conditional_call,
        sample,
        max_product,
};

} // namespace

const sluice_functions *sluice_kernels(void) { return &functions; }
