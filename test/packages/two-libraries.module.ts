import { Controller, Module, Post } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { IdempotencyModule, Idempotent, memoryStore } from '@film-store/idempotency';
import { Problem, ProblemFilter, setProblemTypeBase } from '@film-store/problem';

setProblemTypeBase('urn:shop:');

@Controller('bookings')
class BookingsController {
  @Post()
  @Idempotent()
  book(): never {
    throw new Problem('not-found', { detail: 'the seat does not exist' });
  }
}

/** Uses a `problem` package that is not the copy in the tarball of `idempotency`. */
@Module({
  imports: [IdempotencyModule.forRoot({ store: memoryStore(), secret: 'a secret of thirty-two characters' })],
  controllers: [BookingsController],
  providers: [{ provide: APP_FILTER, useFactory: () => new ProblemFilter() }],
})
export class AppModule {}
