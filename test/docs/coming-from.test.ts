// The page for those who know another system.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { testGuide } from './guide.ts';

const page = testGuide('coming-from', 7);

test('every system has its words, what is different, and what is not here yet', () => {
  const sections = page.split(/^## /m).slice(1);
  expect(sections.map((section) => section.split('\n')[0])).toEqual([
    'Agere',
    'MageFlow',
    'Nadoo Flow Core',
    'dotflow',
    'pyconduit',
    'BullMQ',
    'Nest CQRS',
  ]);
  for (const section of sections) {
    expect(section).toContain('| there | here |');
    expect(section).toContain('Different on purpose:');
    expect(section).toContain('Not here yet:');
  }
});

test('links lead to examples, pages and headings that are there', () => {
  const titles = [...page.matchAll(/^## (.+)$/gm)].map(([, title = '']) => title);
  const headings = new Set(titles.map((title) => `#${title.toLowerCase().replaceAll(' ', '-')}`));
  const repository = 'https://github.com/onward-dsl/onward/tree/main/';
  const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link.replace(repository, '../'));
  const folder = fileURLToPath(new URL('../../docs/', import.meta.url));
  expect(links.length).toBeGreaterThan(12);
  expect(links.filter((link) => !headings.has(link) && !existsSync(`${folder}${link}`))).toEqual([]);
});
