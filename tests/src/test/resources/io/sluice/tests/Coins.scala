package io.sluice.tests.languages

import io.sluice.circuit.{Circuit, ParameterInitializer}
import io.sluice.data.{Dataset, Schema}
import io.sluice.leaf.Bernoulli
import io.sluice.learning.ExpectationMaximization
import io.sluice.runtime.{Device, Engine}

import scala.util.Using

object Coins:

  /** Two coins: a mixture of four pairs that fall independently. */
  def coins: Circuit =
    val b = Circuit.builder
    val x = b.input(0, Bernoulli(), 4)
    val y = b.input(1, Bernoulli(), 4)
    b.build(b.sum(1, b.product(x, y)), ParameterInitializer.random(1))

  def learned: Double =
    val rows = Dataset.ofBytes(Array[Byte](0, 0, 1, 1, 0, 0, 1, 1, 0, 1), 2, Schema.categorical(2, 2))
    Using.resource(Engine.compile(coins, Device.reference)): engine =>
      ExpectationMaximization.fullBatch.epochs(50).pseudocount(0).fit(engine, rows)
      engine.logLikelihood(rows).mean
