package io.sluice.tests.languages

import io.sluice.circuit.Circuit
import io.sluice.circuit.ParameterInitializer
import io.sluice.data.Dataset
import io.sluice.data.Schema
import io.sluice.leaf.Bernoulli
import io.sluice.learning.ExpectationMaximization
import io.sluice.runtime.Device
import io.sluice.runtime.Engine

/** Two coins: a mixture of four pairs that fall independently. */
fun coins(): Circuit = with(Circuit.builder()) {
    val x = input(0, Bernoulli(), 4)
    val y = input(1, Bernoulli(), 4)
    build(sum(1, product(x, y)), ParameterInitializer.random(1))
}

fun learned(): Double {
    val rows = Dataset.ofBytes(byteArrayOf(0, 0, 1, 1, 0, 0, 1, 1, 0, 1), 2, Schema.categorical(2, 2))
    return Engine.compile(coins(), Device.reference()).use { engine ->
        ExpectationMaximization.fullBatch().epochs(50).pseudocount(0.0).fit(engine, rows)
        engine.logLikelihood(rows).mean()
    }
}
