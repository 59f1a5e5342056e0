/* Inputs in queries: the distribution of a cell, a draw, a mode. */
#ifndef SLUICE_LEAF_H
#define SLUICE_LEAF_H

#include "layout.h"

/*
 * Distribution of a variable's cell given the flows of its inputs. Call start, then add for each input
 * of the variable, then finish. The result holds probabilities of the categories of SLUICE_FINITE,
 * otherwise weights of the inputs' nodes.
 */
typedef struct {
    int32_t kind;
    int32_t categories;
    int64_t length; /* of the result so far */
    double total;
    double *result;
} leaf_mixture;

leaf_mixture leaf_mixture_start(const sluice_plan *plan, int32_t variable, double *result);
void leaf_mixture_add(const sluice_plan *plan, const sluice_state *state, leaf_mixture *mixture,
                      int32_t input, const double *flow);
void leaf_mixture_finish(leaf_mixture *mixture);

/* A draw from a node of an input. With a table of log-densities, the node's index instead. */
float leaf_draw(const sluice_plan *plan, const sluice_state *state, int32_t input, int32_t node,
                uint64_t seed, uint64_t draw);

/* The most probable value of a node of an input, the first of equals; or the node's index. */
float leaf_mode(const sluice_plan *plan, const sluice_state *state, int32_t input, int32_t node);

#endif
